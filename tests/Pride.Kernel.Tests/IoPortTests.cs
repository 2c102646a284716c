// I/O ports by cap.

using Pride.Abi;
using Pride.Kernel.Objects;
using Xunit;

namespace Pride.Kernel.Tests;

public sealed unsafe class IoPortTests
{
    private const ulong First = 0x3F8;
    private const ulong Last = 0x3FF;

    [Theory]
    [InlineData(0UL, 1)]
    [InlineData(1UL, 2)]
    [InlineData(2UL, 4)]
    public void A_port_is_read_and_written_in_its_width(ulong operation, int bytes)
    {
        using TestSystem system = Caller();
        Call(system, 3 + operation, First + 4, 0x1_2345_6789);
        Assert.Equal(KernelErrors.NoError, system["a"].Info.Label);
        Assert.Equal([(0x3FCU, bytes, 0x2345_6789U)], system.Hardware.PortWrites);
        system.Hardware.PortValue = 0xFEDC_BA98;
        Call(system, operation, First + 4);
        Assert.Equal((KernelErrors.NoError, 1), (system["a"].Info.Label, system["a"].Info.Length));
        Assert.Equal(0xFEDC_BA98UL, system["a"].Word(0));
        Assert.Equal([(0x3FCU, bytes)], system.Hardware.PortReads);
    }

    [Theory]
    [InlineData(0UL, First - 1)]
    [InlineData(0UL, Last + 1)]
    [InlineData(1UL, Last)]
    [InlineData(2UL, Last - 2)]
    [InlineData(5UL, Last - 2)]
    [InlineData(2UL, 0xFFFFUL)]
    public void No_byte_beside_the_caps_is_reached(ulong operation, ulong port)
    {
        using TestSystem system = Caller();
        Call(system, operation, port, 1);
        Assert.Equal(KernelErrors.IllegalOperation, system["a"].Info.Label);
        Assert.Empty(system.Hardware.PortReads);
        Assert.Empty(system.Hardware.PortWrites);
    }

    [Fact]
    public void A_short_message_and_another_label_are_refused()
    {
        using TestSystem system = Caller();
        Call(system, 0);
        Assert.Equal(KernelErrors.TruncatedMessage, system["a"].Info.Label);
        Call(system, 3, First);
        Assert.Equal(KernelErrors.TruncatedMessage, system["a"].Info.Label);
        Call(system, 6, First, 1);
        Assert.Equal(KernelErrors.IllegalOperation, system["a"].Info.Label);
        Call(system, ulong.MaxValue, First, 1);
        Assert.Equal(KernelErrors.IllegalOperation, system["a"].Info.Label);
        Assert.Empty(system.Hardware.PortReads);
        Assert.Empty(system.Hardware.PortWrites);
    }

    private static TestSystem Caller()
    {
        TestSystem system = new(new PdSpec("a", 10));
        system.Put(system["a"], CapSlots.BaseIoPort, Cap.ForPorts((uint)First, (uint)Last));
        system.Start();
        return system;
    }

    private static void Call(TestSystem system, ulong operation, params ulong[] words) => system.Call(
        SystemCalls.Call, CapSlots.BaseIoPort, new MessageInfo(system.Labels.IoPortIn8 + operation, words.Length), words: words);
}
