// What a description may say but an image of Pride's kernel cannot have, refused before anything is laid out.

using System.Collections.Generic;
using System.Linq;
using Pride.Abi;
using Pride.Description;
using Pride.Image.Elf;
using Pride.Kernel.Objects;
using Pride.Machine;

namespace Pride.Image.Layout;

/// <summary>The refusals.</summary>
internal static class Unsupported
{
    /// <exception cref="ImageException">The description asks for what the kernel does not have.</exception>
    public static void Check(SystemBuilder system)
    {
        foreach (Pd pd in system.Pds.Where(pd => pd.VirtualMachine is not null))
        {
            CheckMachine(system.Board, pd, pd.VirtualMachine!);
        }

        foreach (SharedCap cap in system.Pds.SelectMany(pd => pd.SharedCaps).Where(c => c.Kind == SharedCapKind.AddressSpace))
        {
            throw new ImageException(
                $"{Where(cap.Origin)}a cap to the address space of '{cap.Of.Name}' is asked for, but Pride's page tables are made by the image builder and have no caps",
                "map the regions in the description");
        }

        CheckInterrupts([.. system.Pds.SelectMany(pd => pd.Interrupts.Select(i => (pd, i)))]);

        CheckIoAddressSpaces(system.IoAddressSpaces);

        if (system.Regions.FirstOrDefault(r => r.BootInformation is not null) is { } region)
        {
            throw new ImageException(
                $"{Where(region.Origin)}region '{region.Name}' is to hold the boot loader's '{region.BootInformation}', which Pride's boot does not hand on",
                "fill the region from a file: prefill_path");
        }
    }

    private static void CheckMachine(Board board, Pd pd, VirtualMachine machine)
    {
        string what = $"PD '{pd.Name}' manages virtual machine '{machine.Name}'";
        if (board.Architecture != Architecture.AArch64)
        {
            throw new ImageException($"{Where(machine.Origin)}{what}, and this kernel runs none on {board.Architecture}", "leave the virtual machine out, or choose a board of AArch64");
        }

        if (machine.Cpus.FirstOrDefault(c => c.Core is { } core && core != pd.Options.Core) is { } cpu)
        {
            throw new ImageException(
                $"{Where(cpu.Origin)}{what}, whose CPU {cpu.Id} is to run on core {cpu.Core}; faults and caps to threads stay on one core, and the PD's is {pd.Options.Core}",
                "leave \"cpu\" out, or move the PD to that core");
        }

        if (machine.Mappings.FirstOrDefault(m => m.End > Aarch64SecondStage.AddressTop) is { } mapping)
        {
            throw new ImageException(
                $"{Where(mapping.Origin)}virtual machine '{machine.Name}' maps region '{mapping.Region.Name}' at 0x{mapping.VirtualAddress:x}", $"a guest's addresses end at 0x{Aarch64SecondStage.AddressTop:x}");
        }
    }

    // What is more than a page table can say.
    private static void CheckIoAddressSpaces(IReadOnlyList<IoAddressSpace> spaces)
    {
        foreach (IoAddressSpace space in spaces)
        {
            if (space.DomainId is 0 or > IoPageTable.MaximumDomain)
            {
                throw new ImageException($"{Where(space.Origin)}I/O address space '{space.Name}' has domain id {space.DomainId}", $"choose 1..{IoPageTable.MaximumDomain}");
            }

            if (space.Mappings.FirstOrDefault(m => !m.Permissions.HasFlag(Permissions.Read)) is { } mapping)
            {
                throw new ImageException(
                    $"{Where(mapping.Origin)}I/O address space '{space.Name}' lets its device write but not read region '{mapping.Region.Name}', which Pride's image builder does not tell apart", "add r to perms");
            }
        }
    }

    private static void CheckInterrupts(List<(Pd Pd, InterruptBinding Interrupt)> all)
    {
        foreach ((Pd pd, InterruptBinding interrupt) in all)
        {
            if (interrupt.Source is not (null or MessageSignalled or IoApicPin { IoApic: 0, Pin: < X64Interrupts.Pins }))
            {
                throw new ImageException(
                    $"{Where(interrupt.Origin)}PD '{pd.Name}' handles {interrupt.Source}, and this kernel knows the {X64Interrupts.Pins} pins of the first I/O APIC", "choose such a pin");
            }
        }

        if (all.Where(i => i.Interrupt.Source is not null).GroupBy(i => i.Interrupt.Line).FirstOrDefault(g => g.Count() > 1)?.Last() is ({ } owner, { } second))
        {
            throw new ImageException(
                $"{Where(second.Origin)}PD '{owner.Name}' handles {second.Source}, which this kernel knows by a number that another interrupt has: pin n by n, the message with vector n by {X64Messages.FirstLine} + n",
                "choose another vector");
        }
    }

    /// <exception cref="ImageException">A program is for another machine.</exception>
    public static void Check(Board board, IReadOnlyList<PdProgram> programs)
    {
        ushort machine = board.Architecture switch
        {
            Architecture.AArch64 => ElfMachine.AArch64,
            Architecture.RiscV64 => ElfMachine.RiscV,
            _ => ElfMachine.X64,
        };
        if (programs.FirstOrDefault(p => p.Elf.Machine != machine) is { } stranger)
        {
            throw new ImageException(
                $"PD '{stranger.Name}': {stranger.Elf.Name} is for machine {stranger.Elf.Machine}, board '{board.Name}' has {board.Architecture} ({machine})", "build it for the board");
        }
    }

    private static string Where(SourceLocation? origin) => origin is null ? string.Empty : $"{origin}: ";
}
