// From a cap pointer to a cap: the PD's own table, its short end, shared caps, and extra caps.

using Pride.Abi;
using Pride.Kernel.Objects;
using Xunit;

namespace Pride.Kernel.Tests;

public sealed unsafe class CapLookupTests
{
    private const ulong Slot = 8;

    [Fact]
    public void What_a_table_leaves_out_at_its_end_is_empty()
    {
        using TestSystem system = Pair();
        TestPd a = system["a"];
        system.Put(a, Slot, TestSystem.NotificationCap(system["b"], 4));
        a.Tcb->CapCount = Slot;
        system.Start();
        system.Call(SystemCalls.Call, Slot);
        Assert.Equal(KernelErrors.InvalidCapability, a.Info.Label);
        system.Call(SystemCalls.Send, Slot);
        Assert.Equal(NotificationState.Idle, system["b"].Notification->State);
        Assert.Equal(0UL, system.StatisticsOf(a)->Faults);
        a.Tcb->CapCount = Slot + 1;
        system.Call(SystemCalls.Send, Slot);
        Assert.Equal(4UL, system["b"].Notification->Badges);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_shared_cap_stands_at_its_slot_of_the_root(bool fast)
    {
        using TestSystem system = Pair();
        TestPd a = system["a"];
        Cap* root = stackalloc Cap[KernelLayout.RootTableSlots];
        new System.Span<Cap>(root, KernelLayout.RootTableSlots).Clear();
        root[5] = TestSystem.NotificationCap(system["b"], 16);
        root[10] = TestSystem.NotificationCap(system["b"], 32);
        a.Tcb->RootCaps = root;
        system.UsesFastPath = fast;
        system.Start();
        system.Call(SystemCalls.Send, 5UL << 58);
        Assert.Equal(16UL, system["b"].Notification->Badges);
        system.Call(SystemCalls.Call, 6UL << 58);
        Assert.Equal(KernelErrors.InvalidCapability, a.Info.Label);
        a.Tcb->RootCaps = null;
        system.Call(SystemCalls.Call, 5UL << 58);
        Assert.Equal(KernelErrors.InvalidCapability, a.Info.Label);
    }

    [Theory]
    [InlineData(511UL, false)]
    [InlineData(512UL, true)]
    [InlineData((1UL << 58) - 1, true)]
    public void Beyond_the_tables_slots_is_nowhere(ulong pointer, bool isFault)
    {
        using TestSystem system = Pair();
        system.Start();
        system.Call(SystemCalls.Call, pointer);
        Assert.Equal(isFault ? 1UL : 0, system.StatisticsOf(system["a"])->Faults);
    }

    [Fact]
    public void Extra_caps_are_as_many_as_the_message_says()
    {
        using TestSystem system = Pair();
        TestPd a = system["a"];
        system.Start();
        a.Buffer[1 + MessageInfo.MaximumLength + 1] = CapSlots.Input;
        a.Buffer[1 + MessageInfo.MaximumLength + 2] = 4000;
        system.Call(SystemCalls.Call, Slot, new MessageInfo(1, 0, 1));
        Assert.Equal(KernelErrors.InvalidCapability, a.Info.Label);
        Assert.Equal(0UL, system.StatisticsOf(a)->Faults);
        system.Call(SystemCalls.Call, Slot, new MessageInfo(1, 0, 2));
        Assert.Equal((1UL, 4000UL), (system.StatisticsOf(a)->Faults, a.Tcb->FaultWords[0]));
    }

    [Fact]
    public void Without_a_buffer_there_are_no_extra_caps_and_long_words_are_zero()
    {
        using TestSystem system = Pair();
        TestPd a = system["a"];
        system.MakeChild(a, 0, system["b"]);
        system["b"].Register(0) = 0x55;
        a.Tcb->IpcBuffer = null;
        system.Start();
        system.Call(SystemCalls.Call, CapSlots.BaseTcb, new MessageInfo(system.Labels.TcbSetPriority, 1, 3));
        Assert.Equal(KernelErrors.TruncatedMessage, a.Info.Label);

        // Word 5 of the message is the third register of the user context: x0.
        system.Call(SystemCalls.Call, CapSlots.BaseTcb, new MessageInfo(system.Labels.TcbWriteRegisters, 2 + UserContext.X0 + 1), words: [0, UserContext.X0 + 1, 7, 8]);
        Assert.Equal(KernelErrors.NoError, a.Info.Label);
        Assert.Equal(0UL, system["b"].Register(0));
    }

    private static TestSystem Pair() => new(new PdSpec("a", 20), new PdSpec("b", 10));
}
