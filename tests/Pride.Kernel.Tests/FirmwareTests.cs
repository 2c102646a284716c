// Calls to the firmware by cap.

using System.Linq;
using Pride.Abi;
using Pride.Kernel.Objects;
using Xunit;

namespace Pride.Kernel.Tests;

public sealed unsafe class FirmwareTests
{
    private const ulong Function = 0x8400_0000;

    [Fact]
    public void The_firmware_is_called_with_eight_words_and_answers_eight()
    {
        using TestSystem system = Caller(allowed: 0);
        Call(system, Function);
        Assert.Equal((KernelErrors.NoError, 8), (system["a"].Info.Label, system["a"].Info.Length));
        Assert.Equal([Function + 1, 11, 12, 13, 14, 15, 16, 17], Enumerable.Range(0, 8).Select(i => system["a"].Word(i)));
        Assert.Equal([Function], system.Hardware.FirmwareCalls);
    }

    [Fact]
    public void A_cap_with_a_badge_allows_one_function()
    {
        using TestSystem system = Caller(allowed: Function);
        Call(system, Function + 1);
        Assert.Equal(KernelErrors.IllegalOperation, system["a"].Info.Label);
        Assert.Empty(system.Hardware.FirmwareCalls);
        Call(system, Function);
        Assert.Equal([Function], system.Hardware.FirmwareCalls);
    }

    [Fact]
    public void A_short_message_and_another_label_are_refused()
    {
        using TestSystem system = Caller(allowed: 0);
        system.Call(SystemCalls.Call, CapSlots.Smc, new MessageInfo(system.Labels.SmcCall, 7));
        Assert.Equal(KernelErrors.TruncatedMessage, system["a"].Info.Label);
        system.Call(SystemCalls.Call, CapSlots.Smc, new MessageInfo(system.Labels.SmcCall + 1, 8));
        Assert.Equal(KernelErrors.IllegalOperation, system["a"].Info.Label);
        system.Call(SystemCalls.NBSendRecv, CapSlots.Input, new MessageInfo(system.Labels.SmcCall, 8), send: CapSlots.Smc);
        Assert.Empty(system.Hardware.FirmwareCalls);
    }

    [Fact]
    public void A_send_calls_it_too_and_gets_no_answer()
    {
        using TestSystem system = Caller(allowed: 0);
        system.Call(SystemCalls.Send, CapSlots.Smc, new MessageInfo(system.Labels.SmcCall, 8), words: [Function, 0, 0, 0, 0, 0, 0, 0]);
        Assert.Equal([Function], system.Hardware.FirmwareCalls);
        Assert.Equal(CapSlots.Smc, system["a"].Register(0));
    }

    private static TestSystem Caller(ulong allowed)
    {
        TestSystem system = new(new PdSpec("a", 10));
        system.Put(system["a"], CapSlots.Smc, new Cap(CapType.Smc, CapRights.All, 0, allowed));
        system.Start();
        return system;
    }

    private static void Call(TestSystem system, ulong function) =>
        system.Call(SystemCalls.Call, CapSlots.Smc, new MessageInfo(system.Labels.SmcCall, 8), words: [function, 10, 11, 12, 13, 14, 15, 16]);
}
