// Images for RISC-V: one root for PD and kernel, so what a PD may reach is decided by the user bit of each page.

using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.InteropServices;
using Pride.Description;
using Pride.Image.Elf;
using Pride.Image.Memory;
using Pride.Kernel.Objects;
using Pride.Machine;
using Pride.Microkit;
using Xunit;

namespace Pride.Image.Tests;

public sealed class RiscV64ImageTests
{
    private const ElfSegmentFlags Text = ElfSegmentFlags.Read | ElfSegmentFlags.Execute;
    private const ElfSegmentFlags Data = ElfSegmentFlags.Read | ElfSegmentFlags.Write;

    // e_machine (System V ABI, RISC-V supplement).
    private const ushort RiscV = 243;

    // Bits of an Sv39 entry (RISC-V privileged architecture, "Sv39").
    private const ulong Writable = 1 << 2;
    private const ulong Executable = 1 << 3;
    private const ulong User = 1 << 4;
    private const ulong Global = 1 << 5;

    private readonly Board _board = Board.Load(TestFiles.RepositoryRoot(), "qemu-virt-riscv64");
    private readonly SystemBuilder _system;

    public RiscV64ImageTests()
    {
        _system = new("test", _board);
        _system.Add<Nothing>("first", priority: 10);
        _system.Add<Nothing>("second", priority: 20);
    }

    [Fact]
    public void Every_pd_has_the_kernels_half_which_it_cannot_touch()
    {
        Walk walk = new(Build());
        List<Leaf> kernel = [.. walk.Leaves(walk.Info.KernelRoot)];
        Assert.NotEmpty(kernel);
        Assert.All(kernel, leaf => Assert.True(leaf.Virtual >= KernelLayout.PhysicalWindow && (leaf.Entry & (User | Global)) == Global));
        for (int i = 0; i < 3; i++)
        {
            List<Leaf> all = [.. walk.Leaves(walk.RootOf(i))];
            Assert.Equal(kernel, all.Where(leaf => leaf.Virtual >= KernelLayout.PhysicalWindow));
            Assert.All(all.Where(leaf => leaf.Virtual < KernelLayout.PhysicalWindow), leaf => Assert.True(leaf.Virtual < PdLayout.UserTop && (leaf.Entry & (User | Global)) == User));
        }
    }

    [Fact]
    public void No_page_is_writable_and_executable_and_none_is_shared()
    {
        Walk walk = new(Build());
        HashSet<ulong> seen = [];
        for (int i = 0; i < 3; i++)
        {
            List<Leaf> own = [.. walk.Leaves(walk.RootOf(i)).Where(leaf => leaf.Virtual < PdLayout.UserTop)];
            Assert.Contains(own, leaf => leaf.Virtual == PdLayout.ImageBase && (leaf.Entry & (Executable | Writable)) == Executable);
            Assert.Contains(own, leaf => leaf.Virtual == PdLayout.IpcBuffer && (leaf.Entry & (Executable | Writable)) == Writable);
            Assert.DoesNotContain(own, leaf => leaf.Virtual == 0);
            Assert.All(own, leaf => Assert.True(seen.Add(Sv39PageTable.Address(leaf.Entry))));
        }

        Assert.All(walk.Leaves(walk.Info.KernelRoot), leaf => Assert.NotEqual(Writable | Executable, leaf.Entry & (Writable | Executable)));
    }

    [Fact]
    public unsafe void Threads_start_with_an_address_space_of_their_own()
    {
        Walk walk = new(Build());
        for (int i = 0; i < 3; i++)
        {
            Tcb tcb = walk.Thread(i);
            Assert.Equal((8UL, (ulong)i + 1), (tcb.AddressSpace >> 60, (tcb.AddressSpace >> 44) & 0xFFFF));
            Assert.Equal(PdLayout.ImageBase, tcb.Registers[RiscV64Registers.Pc]);
        }
    }

    [Fact]
    public void The_kernel_is_told_what_the_board_says()
    {
        BootImage image = Build();
        BootInfo info = new Walk(image).Info;
        Assert.Equal(FirmwareKind.Sbi, info.Firmware);
        Assert.Equal((KernelLayout.ToVirtual(0x0c00_0000), 1u, 2u), (info.InterruptRegisters, info.PlicFirstContext, info.PlicContextStride));
        Assert.Equal((10_000_000UL, 1029u), (info.CounterFrequency, info.TimerIrq));
        Assert.Equal((0x8020_0000UL, 0x8020_0000UL), (info.LoadAddress, info.RamStart));
        Assert.Equal((ulong)image.Bytes.Length, BinaryPrimitives.ReadUInt64LittleEndian(image.Bytes.AsSpan(16)));
    }

    [Fact]
    public void A_board_that_lacks_a_part_is_refused_with_its_name()
    {
        SystemBuilder system = new("test", _board with { Kernel = _board.Kernel with { Plic = null } });
        system.Add<Nothing>("pd", priority: 1);
        Assert.Contains("\"plic\"", Assert.Throws<ImageException>(() => Build(system)).Message, StringComparison.Ordinal);
        system = new("test", _board with { Kernel = _board.Kernel with { CounterFrequency = 0 } });
        system.Add<Nothing>("pd", priority: 1);
        Assert.Contains("frequency", Assert.Throws<ImageException>(() => Build(system)).Message, StringComparison.Ordinal);
        system = new("test", _board with { Boot = _board.Boot with { LoadAddress = 0x4020_0000 } });
        system.Add<Nothing>("pd", priority: 1);
        Assert.Contains("outside its main memory", Assert.Throws<ImageException>(() => Build(system)).Message, StringComparison.Ordinal);
    }

    private BootImage Build() => Build(_system);

    private static BootImage Build(SystemBuilder system) =>
        ImageBuilder.Build(system, TestFiles.Kernel(0x05435352, 0x20_0000), Program("monitor"), pd => Program(pd.Name), new ImageOptions(DebugCalls: true));

    private static ElfFile Program(string name) => new ElfWriter { Entry = PdLayout.ImageBase, Machine = RiscV }
        .Segment(PdLayout.ImageBase, new byte[0x1800], Text)
        .Segment(PdLayout.ImageBase + 0x1_0000, new byte[0x200], Data, memorySize: 0x3000)
        .Build(name);

    private sealed record Leaf(ulong Virtual, ulong Entry);

    /// <summary>Reads an image as the hart would.</summary>
    private sealed class Walk(BootImage image)
    {
        public BootInfo Info => MemoryMarshal.Read<BootInfo>(image.Bytes.AsSpan(0x1000));

        public unsafe Tcb Thread(int index) => At<Tcb>(KernelLayout.ToPhysical((ulong)Info.Tcbs) + (ulong)(index * Tcb.Size));

        public ulong RootOf(int index) => Sv39PageTable.RootOf(Thread(index).AddressSpace);

        public IEnumerable<Leaf> Leaves(ulong root) => Leaves(root, 0, 0);

        private T At<T>(ulong physical)
            where T : unmanaged => MemoryMarshal.Read<T>(image.Bytes.AsSpan((int)(physical - image.LoadAddress)));

        private IEnumerable<Leaf> Leaves(ulong table, int level, ulong start)
        {
            for (int i = 0; i < PageTables.Entries; i++)
            {
                ulong entry = At<ulong>(table + (ulong)(i * sizeof(ulong)));
                ulong address = start + ((ulong)i * PageTables.BytesAt<Sv39PageTable>(level));
                address |= level == 0 && i >= PageTables.Entries / 2 ? 0xFFFF_FF80_0000_0000 : 0;
                if (Sv39PageTable.IsTable(entry))
                {
                    Assert.True(level < Sv39PageTable.LastLevel, "a table below the last level");
                    foreach (Leaf leaf in Leaves(Sv39PageTable.Address(entry), level + 1, address))
                    {
                        yield return leaf;
                    }
                }
                else if (Sv39PageTable.IsValid(entry))
                {
                    yield return new Leaf(address, entry);
                }
            }
        }
    }

    [Profile(Profile.Driver)]
    private sealed class Nothing : ProtectionDomain;
}
