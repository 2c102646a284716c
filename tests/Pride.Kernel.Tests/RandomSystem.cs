// A random system, and random things that its PDs do: half of the calls are sensible (so that deep states are reached), half are wild.

using System;
using Pride.Abi;
using Pride.Kernel.Objects;

namespace Pride.Kernel.Tests;

/// <summary>What the fuzzer and the comparison with the model share.</summary>
public static unsafe class RandomSystem
{
    public const int PdCount = 8;
    public const uint FirstIrq = 40;

    /// <summary>Microseconds: a time slice that no test uses up.</summary>
    public const ulong EndlessSlice = 1UL << 40;

    public static TestSystem Build(Random random, bool hasBudgets)
    {
        PdSpec[] specs = new PdSpec[PdCount];
        for (int i = 0; i < PdCount; i++)
        {
            ulong budget = hasBudgets ? (ulong)random.Next(100, 1000) : EndlessSlice;
            ulong period = !hasBudgets || random.Next(3) == 0 ? budget : budget * (ulong)random.Next(2, 10);
            specs[i] = new PdSpec(
                $"pd{i}",
                (uint)random.Next(1, 6) * 40,
                budget,
                period,
                ReceivesCalls: random.Next(3) != 0,
                UsesFpu: random.Next(2) == 0,
                UsesTimer: random.Next(3) == 0,
                Sporadic: hasBudgets && random.Next(3) == 0,
                HasTimeoutHandler: random.Next(3) == 0);
        }

        TestSystem system = new(specs);
        for (int i = 0; i < PdCount; i++)
        {
            for (int j = 0; j < PdCount; j++)
            {
                if (i != j)
                {
                    system.Connect(system.Pds[i], (ulong)j, system.Pds[j], (ulong)i, call: true);
                }
            }

            if (i > 0)
            {
                system.MakeChild(system.Pds[i / 2], (ulong)i, system.Pds[i]);
            }

            system.ConnectIrq(system.Pds[i], 20 + (ulong)i, FirstIrq + (uint)i);
            TestPd other = system.Pds[random.Next(PdCount)];
            system.Put(system.Pds[i], 300, TestSystem.ContextCap(other));
            system.Put(system.Pds[i], 301, TestSystem.NotificationCap(other, 0));
            system.Put(system.Pds[i], 302, TestSystem.TcbCap(other));
            system.Put(system.Pds[i], 303, new Cap(CapType.Notification, CapRights.Write, (ulong)other.Notification, 1UL << 33));
            system.Put(system.Pds[i], 304, new Cap(CapType.Endpoint, CapRights.Read, (ulong)other.Endpoint, 0));
            system.Put(system.Pds[i], 305, new Cap(CapType.Endpoint, CapRights.Write, (ulong)other.Endpoint, 77));
            system.Put(system.Pds[i], 306, new Cap(CapType.Reply, CapRights.All, (ulong)other.Reply, 0));
        }

        foreach (TestPd pd in system.Pds)
        {
            pd.Context->RefillMaximum = hasBudgets ? (uint)random.Next(2, (int)SchedulingContext.DefaultRefills + 1) : 2;
        }

        // Half of the systems are release images.
        if (random.Next(2) == 0)
        {
            system.Boot->DebugCalls = 0;
            system.Boot->DebugLines = null;
        }

        return system;
    }

    public static void Step(TestSystem system, Random random)
    {
        system.UsesFastPath = random.Next(2) == 0;
        system.Pass(system.Pds[0].Spec.BudgetMicroseconds == EndlessSlice ? 0 : (ulong)random.Next(random.Next(20) == 0 ? 3000 : 60));
        if (system.Running != null && system.Running->Vcpu != null)
        {
            // What guests do: RandomGuests.
            return;
        }

        if (system.Running == null || random.Next(12) == 0)
        {
            system.Raise(FirstIrq + (uint)random.Next(PdCount + 2));
            if (system.Running == null)
            {
                Revive(system, random);
            }

            return;
        }

        if (random.Next(60) == 0)
        {
            Revive(system, random);
            return;
        }

        switch (random.Next(24))
        {
            case 0:
                system.Fault((ulong)random.NextInt64());
                break;
            case 1:
                system.Exception((ulong)random.NextInt64());
                break;
            case 2:
                Wild(system, random);
                break;
            default:
                Sensible(system, random);
                break;
        }
    }

    // When every PD is stuck, a person at a debugger would do this: the kernel's own resume, from outside.
    private static void Revive(TestSystem system, Random random)
    {
        TestPd pd = system.Pds[random.Next(PdCount)];
        if (pd.Tcb->State == ThreadState.BlockedOnReply || pd.Tcb->State == ThreadState.Inactive)
        {
            system.ResumeFromOutside(pd);
        }
    }

    private static void Wild(TestSystem system, Random random)
    {
        TestPd pd = system.RunningPd!;
        for (int i = 0; i < 31; i++)
        {
            pd.Register(i) = random.Next(3) == 0 ? (ulong)random.Next(512) : (ulong)random.NextInt64() << random.Next(2);
        }

        pd.Register(7) = (ulong)-random.Next(-2, 30);
        for (int i = 0; i < 128; i++)
        {
            pd.Buffer[i] = random.Next(2) == 0 ? (ulong)random.Next(512) : (ulong)random.NextInt64();
        }

        system.EnterSystemCall();
    }

    private static void Sensible(TestSystem system, Random random)
    {
        ulong peer = (ulong)random.Next(PdCount);
        MessageInfo info = new((ulong)random.Next(3), random.Next(130) & 127);
        switch (random.Next(15))
        {
            case 0:
            case 1:
                system.Notify(peer);
                break;
            case 2:
            case 3:
                system.Receive();
                break;
            case 4:
                system.ReplyAndReceive(info);
                break;
            case 5:
            case 6:
                system.Call(SystemCalls.Call, CapSlots.BaseEndpoint + peer, info);
                break;
            case 7:
                system.Call(SystemCalls.NBSendRecv, CapSlots.Input, send: CapSlots.BaseNotification + peer);
                break;
            case 8:
                system.Call(SystemCalls.Yield, 0);
                break;
            case 9:
                system.Call(random.Next(2) == 0 ? SystemCalls.NBRecv : SystemCalls.NBWait, CapSlots.Input);
                break;
            case 10:
                system.Call(SystemCalls.Send, CapSlots.BaseIrq + 20 + peer, new MessageInfo(system.Labels.IrqAck, 0));
                break;
            case 11:
                Invoke(system, random, CapSlots.BaseTcb + peer);
                break;
            case 13:
                MakePassive(system);
                break;
            case 12:
                Invoke(system, random, 300 + (ulong)random.Next(7));
                break;
            default:
                system.Call(random.Next(2) == 0 ? SystemCalls.Send : SystemCalls.NBSend, CapSlots.BaseEndpoint + peer, info);
                break;
        }
    }

    // As the monitor does it: the context of a PD goes from its thread to its notification.
    private static void MakePassive(TestSystem system)
    {
        const ulong context = 300;
        const ulong notification = 301;
        const ulong thread = 302;
        TestPd pd = system.RunningPd!;
        pd.Buffer[1 + MessageInfo.MaximumLength + 1] = thread;
        system.Call(SystemCalls.Call, context, new MessageInfo(system.Labels.SchedContextUnbindObject, 0, 1));
        if (system.RunningPd == pd && pd.Info.Label == KernelErrors.NoError)
        {
            pd.Buffer[1 + MessageInfo.MaximumLength + 1] = notification;
            system.Call(SystemCalls.Call, context, new MessageInfo(system.Labels.SchedContextBind, 0, 1));
        }
    }

    private static void Invoke(TestSystem system, Random random, ulong cap)
    {
        ReadOnlySpan<ulong> labels = [2, 3, 6, 12, 13, 13, 14, 15, 34, 35, 36, 37, AbiVersions.FirstPrideLabel, 999];
        TestPd pd = system.RunningPd!;
        pd.Buffer[1 + MessageInfo.MaximumLength + 1] = 300 + (ulong)random.Next(7);
        ulong label = labels[random.Next(labels.Length)];
        system.Call(
            SystemCalls.Call,
            cap,
            new MessageInfo(label, random.Next(6), random.Next(2)),
            words: [random.Next(3) == 0 ? (ulong)random.Next(6) * 40 : (ulong)random.Next(3), (ulong)random.Next(5), TestSystem.EntryPoint, (ulong)random.NextInt64(), (ulong)random.NextInt64()]);
    }
}
