// A whole image from made-up programs: every object, cap and mapping is where the kernel will look for it.

using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using Pride.Abi;
using Pride.Description;
using Pride.Image.Elf;
using Pride.Image.Memory;
using Pride.Kernel.Objects;
using Pride.Machine;
using Pride.Microkit;
using Xunit;

namespace Pride.Image.Tests;

public sealed class ImageBuilderTests
{
    private const ElfSegmentFlags Text = ElfSegmentFlags.Read | ElfSegmentFlags.Execute;
    private const ElfSegmentFlags Data = ElfSegmentFlags.Read | ElfSegmentFlags.Write;

    private readonly SystemBuilder _system = new("test", Board.Load(TestFiles.RepositoryRoot(), "qemu-virt-aarch64"));
    private readonly Pd<CallerPd> _caller;
    private readonly Pd<ServerPd> _server;

    public ImageBuilderTests()
    {
        _caller = _system.Add<CallerPd>("caller", priority: 10);
        _server = _system.Add<ServerPd>("server", priority: 20, passive: true);
        _system.Connect(_caller.End(p => p.Server, canCall: true, id: 3), _server.End(p => p.Caller, id: 5));
        _server.Interrupt(p => p.Line, 48, Trigger.Edge, id: 7);
        _server.Map(_system.Region("buffer", 4.MiB()), p => p.Buffer, Permissions.ReadWrite);
        _caller.Child(p => p.Victim, _server, id: 9);
        _caller.EntryPoint(p => p.VictimEntry, _server);
    }

    [Fact]
    public unsafe void Threads_point_to_their_own_objects()
    {
        Walk image = new(Build());
        BootInfo info = image.Info;
        Assert.Equal(3u, info.TcbCount);
        Tcb caller = image.At<Tcb>((ulong)info.Tcbs);
        Tcb server = image.At<Tcb>((ulong)info.Tcbs + Tcb.Size);
        Assert.Equal(0x20_0000ul, caller.Registers[Aarch64Registers.Pc]);
        Assert.Equal((10u, 20u), (caller.Priority, server.Priority));
        Assert.Equal((1ul, 2ul), (caller.AddressSpace >> 48, server.AddressSpace >> 48));
        Assert.Equal(TcbFlags.FpuDisabled, caller.Flags);
        Assert.Equal((ulong)info.Tcbs, (ulong)image.At<Notification>((ulong)caller.BoundNotification).BoundTcb);
        Assert.Equal(1000ul, image.At<SchedulingContext>((ulong)server.SchedulingContext).BudgetMicroseconds);
        Assert.Equal(Badges.Fault | 9, server.FaultHandler.Badge);
        Assert.Equal(1ul, caller.FaultHandler.Badge);
        Assert.Equal(20ul, image.At<PdStatistics>((ulong)server.Statistics).Priority);
        PdStatistics statistics = image.At<PdStatistics>((ulong)server.Statistics);
        Assert.Equal((byte)'s', statistics.Name[0]);
    }

    [Fact]
    public unsafe void Caps_stand_in_microkits_slots_with_its_badges()
    {
        Walk image = new(Build());
        Tcb caller = image.At<Tcb>((ulong)image.Info.Tcbs);
        Tcb server = image.At<Tcb>((ulong)image.Info.Tcbs + Tcb.Size);
        Tcb monitor = image.At<Tcb>((ulong)image.Info.Tcbs + (2 * Tcb.Size));
        Cap notify = image.Cap(caller, 10 + 3);
        Assert.Equal((CapType.Notification, 1ul << 5), (notify.Type, notify.Badge));
        Assert.Equal(image.Pointer((ulong)server.BoundNotification), notify.PointerBits);
        Cap call = image.Cap(caller, 74 + 3);
        Assert.Equal((CapType.Endpoint, (1ul << 63) | 5), (call.Type, call.Badge));
        Assert.Equal(image.Cap(server, 1).PointerBits, call.PointerBits);
        Assert.Equal(CapType.Null, image.Cap(server, 74 + 5).Type);
        Assert.Equal(CapType.Tcb, image.Cap(caller, 202 + 9).Type);
        Assert.Equal(CapType.IrqHandler, image.Cap(server, 138 + 7).Type);
        Assert.Equal((CapType.Endpoint, 2ul), (image.Cap(server, 5).Type, image.Cap(server, 5).Badge));
        Assert.Equal(CapType.SchedulingContext, image.Cap(monitor, 138 + 1).Type);
        Assert.Equal(CapType.Null, image.Cap(monitor, 138).Type);
        IrqEntry irq = image.At<IrqEntry>((ulong)image.Info.Irqs + (48 * IrqEntry.Size));
        Assert.Equal((1ul << 7, 48u, IrqTrigger.Edge), (irq.Badge, irq.Id, irq.Trigger));
    }

    [Fact]
    public void A_pd_reaches_its_own_memory_and_nothing_else()
    {
        Walk image = new(Build());
        ulong root = image.RootOf(1);
        ulong buffer = _server.Mappings[0].VirtualAddress;
        HashSet<ulong> pages = image.MappedPages(root);
        Assert.Contains(0x20_0000ul, pages);
        Assert.Contains(PdLayout.IpcBuffer, pages);
        Assert.Contains(PdLayout.StackTop - 0x1000, pages);
        Assert.Contains(buffer, pages);
        Assert.DoesNotContain(0ul, pages);
        Assert.DoesNotContain(PdLayout.StackTop, pages);
        Assert.DoesNotContain(PdLayout.StackBottom(16.KiB()) - 0x1000, pages);

        // Text and data of the sample (2 + 3 pages), stack, IPC buffer, heap, buffer.
        Assert.Equal(2 + 3 + 4 + 1 + 16 + 1024, pages.Count);
    }

    [Fact]
    public void No_physical_page_of_one_pd_is_in_another()
    {
        Walk image = new(Build());
        HashSet<ulong> first = image.PhysicalPages(image.RootOf(0));
        HashSet<ulong> second = image.PhysicalPages(image.RootOf(1));
        Assert.Empty(first.Intersect(second));
        Assert.DoesNotContain(image.Image.LoadAddress, first.Concat(second));
    }

    [Fact]
    public void Programs_carry_their_wiring()
    {
        BootImage image = Build();
        ElfFile caller = image.Programs[0].Elf;
        Assert.Equal(3ul, WordAt(caller, "pride_wired_Server"));
        Assert.Equal(9ul, WordAt(caller, "pride_wired_Victim"));
        Assert.Equal(0x20_0000ul, WordAt(caller, "pride_wired_VictimEntry"));
        Assert.Equal(1ul << 3, WordAt(caller, "microkit_pps"));
        Assert.Equal(PdLayout.StackTop, WordAt(caller, "pride_stack_top"));
        Assert.Equal(AbiVersions.Microkit23.TcbReadRegisters, WordAt(caller, "pride_labels"));
        Assert.Equal(1ul << 7, WordAt(image.Programs[1].Elf, "microkit_irqs"));
    }

    // Counted in the interface descriptions of each seL4 release, under the configurations that its Microkit builds for AArch64.
    [Theory]
    [InlineData(MicrokitRelease.V20, false, 26UL, 31UL, 34UL, 40UL)]
    [InlineData(MicrokitRelease.V20, true, 26UL, 31UL, 34UL, 40UL)]
    [InlineData(MicrokitRelease.V21, false, 27UL, 32UL, 35UL, 41UL)]
    [InlineData(MicrokitRelease.V21, true, 27UL, 32UL, 35UL, 41UL)]
    [InlineData(MicrokitRelease.V22, false, 27UL, 34UL, 37UL, 43UL)]
    [InlineData(MicrokitRelease.V22, true, 27UL, 34UL, 37UL, 43UL)]
    [InlineData(MicrokitRelease.V23, false, 27UL, 34UL, 37UL, 43UL)]
    [InlineData(MicrokitRelease.V23, true, 31UL, 38UL, 41UL, 47UL)]
    public void Labels_are_those_of_the_releases(MicrokitRelease release, bool debug, ulong irqAck, ulong bind, ulong consumed, ulong smc)
    {
        InvocationLabels labels = new LibmicrokitAbi(release, debug, PdLayout.IpcBuffer).Labels;
        Assert.Equal((irqAck, bind, consumed, smc), (labels.IrqAck, labels.SchedContextBind, labels.SchedContextConsumed, labels.SmcCall));
        Assert.Equal((2UL, 3UL, 6UL, 12UL, 13UL), (labels.TcbReadRegisters, labels.TcbWriteRegisters, labels.TcbSetPriority, labels.TcbSuspend, labels.TcbResume));
    }

    [Fact]
    public void Memory_of_different_owners_never_overlaps()
    {
        BootImage image = Build();
        List<MemoryUse> uses = image.Uses.Where(u => u.Bytes > 0).OrderBy(u => u.Physical).ToList();
        foreach ((MemoryUse low, MemoryUse high) in uses.Zip(uses.Skip(1)))
        {
            Assert.True(low.End <= high.Physical, $"{low} and {high}");
        }
    }

    [Fact]
    public void The_header_tells_the_size_and_zeroed_memory_is_not_in_the_file()
    {
        BootImage image = Build();
        Assert.Equal((ulong)image.Bytes.Length, BinaryPrimitives.ReadUInt64LittleEndian(image.Bytes.AsSpan(16)));
        Assert.True(image.Bytes.Length < 1024 * 1024);
        Walk walk = new(image);
        Assert.True(walk.Info.ZeroStart >= image.LoadAddress + (ulong)image.Bytes.Length);
        Assert.All(image.Uses.Where(u => u.Origin == MemoryOrigin.Zeroed), u => Assert.True(u.Physical >= walk.Info.ZeroStart));
    }

    [Fact]
    public void A_program_without_the_wired_field_is_refused()
    {
        ImageException e = Assert.Throws<ImageException>(() => ImageBuilder.Build(
            _system, TestFiles.Kernel(), Program("x"), _ => Program("x", "pride_wired_Nothing"), new ImageOptions(true)));
        Assert.Contains("pride_wired_Server", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Writable_code_is_refused()
    {
        ElfFile bad = new ElfWriter { Entry = 0x20_0000 }.Segment(0x20_0000, new byte[16], Text | Data).Build();
        Assert.Throws<ImageException>(() => ImageBuilder.Build(_system, TestFiles.Kernel(), bad, _ => bad, new ImageOptions(true)));
    }

    private static ulong WordAt(ElfFile elf, string symbol)
    {
        ulong address = elf.FindSymbol(symbol)!.Value.Address;
        ElfSegment segment = elf.Segments.First(s => address >= s.Address && address < s.End);
        return BinaryPrimitives.ReadUInt64LittleEndian(elf.BytesOf(segment)[(int)(address - segment.Address)..]);
    }

    private static ElfFile Program(string name, params string[] fields)
    {
        ElfWriter writer = new ElfWriter { Entry = 0x20_0000 }
            .Segment(0x20_0000, new byte[0x1800], Text)
            .Segment(0x21_0000, new byte[0x200], Data, memorySize: 0x3000);
        ulong at = 0x20_0100;
        string[] words = ["microkit_irqs", "microkit_pps", "pride_stack_top"];
        foreach (string symbol in words.Concat(fields))
        {
            ulong size = symbol.EndsWith("Buffer", StringComparison.Ordinal) ? 16u : 8u;
            writer.Symbol(symbol, at, size);
            at += size;
        }

        return writer.Symbol("pride_labels", at, 128).Build(name);
    }

    private BootImage Build() => ImageBuilder.Build(
        _system,
        TestFiles.Kernel(),
        Program("monitor"),
        pd => Program(pd.Name, [.. pd.Wiring.Keys.Select(f => "pride_wired_" + f)]),
        new ImageOptions(DebugCalls: true));

    /// <summary>Reads an image as the kernel would: by kernel-virtual and physical addresses.</summary>
    private sealed class Walk(BootImage image)
    {
        public BootImage Image { get; } = image;

        public BootInfo Info => MemoryMarshal.Read<BootInfo>(Image.Bytes.AsSpan(0x1000));

        public T At<T>(ulong pointer)
            where T : unmanaged =>
            MemoryMarshal.Read<T>(Image.Bytes.AsSpan((int)(KernelLayout.ToPhysical(pointer) - Image.LoadAddress)));

        public unsafe Cap Cap(Tcb tcb, int slot) => (ulong)slot < tcb.CapCount ? At<Cap>((ulong)tcb.Caps + ((ulong)slot * 16)) : default;

        public ulong Pointer(ulong address) => address & 0xffff_ffff_ffff;

        public unsafe ulong RootOf(int index) => At<Tcb>((ulong)Info.Tcbs + (ulong)(index * Tcb.Size)).AddressSpace & 0xffff_ffff_ffff;

        public HashSet<ulong> MappedPages(ulong root) => [.. Pages(root, 0, 0).Select(p => p.Virtual)];

        public HashSet<ulong> PhysicalPages(ulong root) => [.. Pages(root, 0, 0).Select(p => p.Physical)];

        private IEnumerable<(ulong Virtual, ulong Physical)> Pages(ulong table, int level, ulong start)
        {
            ulong span = 1ul << (39 - (9 * level));
            for (int i = 0; i < 512; i++)
            {
                ulong entry = At<ulong>(KernelLayout.ToVirtual(table) + (ulong)(i * 8));
                ulong va = start + ((ulong)i * span);
                if (!Aarch64PageTable.IsValid(entry))
                {
                    continue;
                }

                if (level < 3 && Aarch64PageTable.IsTable(entry))
                {
                    foreach (var page in Pages(Aarch64PageTable.Address(entry), level + 1, va))
                    {
                        yield return page;
                    }
                }
                else
                {
                    for (ulong page = 0; page < span; page += 4096)
                    {
                        yield return (va + page, Aarch64PageTable.Address(entry) + page);
                    }
                }
            }
        }
    }

    // Wired fields get their values in the guest.
#pragma warning disable CS0649
    [Profile(Profile.Driver)]
    private sealed class CallerPd : ProtectionDomain
    {
        [Wired] public Channel Server;
        [Wired] public Child Victim;
        [Wired] public ulong VictimEntry;
    }

    [Profile(Profile.Driver)]
    private sealed class ServerPd : ProtectionDomain
    {
        [Wired] public Channel Caller;
        [Wired] public Irq Line;
        [Wired] public Region Buffer;
    }
}
