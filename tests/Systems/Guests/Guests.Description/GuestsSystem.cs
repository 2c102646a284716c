// Two virtual machines with the same guest: one has a manager in C, by libmicrokit's calls, the other one in C#.

using System.Collections.Generic;
using Guests.Domains;
using Pride.Description;

namespace Guests.Description;

/// <summary>Describes the system.</summary>
public sealed class GuestsSystem : ISystemDescription
{
    private const ulong GuestRam = 0x4000_0000;
    private const ulong GuestConstants = 0x5000_0000;
    private const ulong GuestGicCpu = 0x0801_0000;
    private const ulong RamBytes = 0x20_0000;
    private const int GuestPriority = 50;

    // GICv2's virtual CPU interface (QEMU 7.2, hw/arm/virt.c: VIRT_GIC_VCPU).
    private const ulong VirtualCpuInterface = 0x0804_0000;
    private const ulong VirtualCpuInterfaceBytes = 0x2000;

    public void Describe(SystemBuilder system, Board board)
    {
        int gicVersion = board.Kernel.Gic!.Version;
        MemoryRegion? gic = gicVersion == 2 ? system.DeviceRegion("gicv", VirtualCpuInterface, VirtualCpuInterfaceBytes) : null;
        MemoryRegion constants = system.Region("constants", 4.KiB());
        MemoryRegion ram = system.Region("ram", RamBytes);
        MemoryRegion otherRam = system.Region("other_ram", RamBytes);

        ProgramPd manager = system.AddProgram(
            "manager",
            ProgramSource.C("C/manager.c", "C/guest_entry.S", "C/guest.c") with { Options = ["-mgeneral-regs-only", "-mstrict-align"] },
            new PdOptions { Priority = 110 });
        manager.SetVariable("own_ram_vaddr", manager.Map(ram, Permissions.ReadWrite).Address);
        manager.SetVariable("other_ram_vaddr", manager.Map(otherRam, Permissions.ReadWrite).Address);
        manager.SetVariable("gic_version", (ulong)gicVersion);
        manager.Manage("guest", GuestPriority, [.. Memory(ram, constants, gic)]);

        Pd<SharpManager> sharp = system.Add<SharpManager>("sharp", priority: 100);
        sharp.Set(p => p.GicVersion, (ulong)gicVersion);
        sharp.Manage("other_guest", GuestPriority, [.. Memory(otherRam, constants, gic)]);
        system.Connect(manager.End(id: 1), sharp.End(p => p.Loader));
    }

    private static IEnumerable<Mapping> Memory(MemoryRegion ram, MemoryRegion constants, MemoryRegion? gic)
    {
        yield return new Mapping(ram, GuestRam, Permissions.ReadWrite | Permissions.Execute, Caching.Cached);
        yield return new Mapping(constants, GuestConstants, Permissions.Read, Caching.Cached);
        if (gic is not null)
        {
            yield return new Mapping(gic, GuestGicCpu, Permissions.ReadWrite, Caching.Device);
        }
    }
}
