// Virtual CPUs for the fuzzer: two of a random system's threads become guests, which do what guests do, and their managers call for them at random.

using System;
using Pride.Abi;
using Pride.Kernel.Objects;

namespace Pride.Kernel.Tests;

/// <summary>Guests in a <see cref="RandomSystem"/>.</summary>
public static unsafe class RandomGuests
{
    private const int Guests = 2;
    private const ulong FirstId = 40;
    private const ulong KernelMode = 5;

    /// <summary>Makes the last PDs of <paramref name="system"/> guests of the first ones; before it starts.</summary>
    public static void Add(TestSystem system)
    {
        for (int i = 0; i < Guests; i++)
        {
            system.MakeGuest(system.Pds[i], FirstId + (ulong)i, system.Pds[RandomSystem.PdCount - 1 - i]);
        }
    }

    /// <summary>A step of a guest, or for one. False: none was made.</summary>
    public static bool TryStep(TestSystem system, Random random)
    {
        if (system.Running == null)
        {
            return false;
        }

        if (system.Running->Vcpu != null)
        {
            system.Pass((ulong)random.Next(random.Next(20) == 0 ? 3000 : 60));
            if (system.Running != null && system.Running->Vcpu != null)
            {
                GuestStep(system, random);
            }

            return true;
        }

        uint index = system.Running->Index;
        if (index >= Guests || random.Next(4) != 0)
        {
            return false;
        }

        Manage(system, random, FirstId + index);
        return true;
    }

    private static void GuestStep(TestSystem system, Random random)
    {
        system.UsesFastPath = random.Next(2) == 0;
        switch (random.Next(8))
        {
            case 0:
                system.VcpuFault((ulong)random.NextInt64());
                break;
            case 1:
            case 2:
                system.Fault((ulong)random.NextInt64());
                break;
            case 3:
                system.Raise(SimulatedHardware.GuestTimerIrq);
                break;
            case 4:
                system.Hardware.Ended = random.Next(3) == 0 ? ulong.MaxValue : (ulong)random.Next(Vcpu.MaximumListRegisters);
                system.Raise(SimulatedHardware.MaintenanceIrq);
                break;
            case 5:
                system.Raise(RandomSystem.FirstIrq + (uint)random.Next(RandomSystem.PdCount));
                break;
            default:
                Hypercall(system, random);
                break;
        }
    }

    private static void Hypercall(TestSystem system, Random random)
    {
        for (int i = 0; i < 9; i++)
        {
            system.Running->Registers[i] = random.Next(3) == 0 ? (ulong)random.Next(512) : (ulong)random.NextInt64();
        }

        system.Running->Registers[7] = (ulong)-random.Next(-2, 30);
        system.UsesFastPath = false;
        system.EnterSystemCall();
    }

    private static void Manage(TestSystem system, Random random, ulong id)
    {
        switch (random.Next(6))
        {
            case 0:
                system.Call(
                    SystemCalls.Call, CapSlots.BaseVmTcb + id, new MessageInfo(system.Labels.TcbWriteRegisters, 5), words: [1, 3, TestSystem.EntryPoint, 0, random.Next(2) == 0 ? KernelMode : (ulong)random.NextInt64()]);
                break;
            case 1:
                system.Call(SystemCalls.Call, CapSlots.BaseVmTcb + id, new MessageInfo(random.Next(3) == 0 ? system.Labels.TcbSuspend : system.Labels.TcbResume, 0));
                break;
            case 2:
                system.Call(SystemCalls.Call, CapSlots.BaseVcpu + id, new MessageInfo(system.Labels.VcpuSetTcb + VcpuOperations.AckVppi, 1), words: [SimulatedHardware.GuestTimerIrq]);
                break;
            case 3:
                system.RunningPd!.Buffer[1 + MessageInfo.MaximumLength + 1] = CapSlots.BaseVmTcb + id;
                system.Call(SystemCalls.Call, CapSlots.BaseVcpu + id, new MessageInfo(system.Labels.VcpuSetTcb, random.Next(3), random.Next(2)));
                break;
            default:
                system.Call(
                    SystemCalls.Call,
                    CapSlots.BaseVcpu + id,
                    new MessageInfo(system.Labels.VcpuSetTcb + (ulong)random.Next((int)VcpuOperations.Count + 1), random.Next(4)),
                    words: [random.Next(2) == 0 ? (ulong)random.Next(30) : (ulong)random.NextInt64(), (ulong)random.NextInt64()]);
                break;
        }
    }
}
