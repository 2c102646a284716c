// Programs of other people's libmicrokit: their release is told by their symbols, and the image has for each what its release expects.

using System;
using System.Buffers.Binary;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using System.Text;
using Pride.Abi;
using Pride.Description;
using Pride.Description.Sdf;
using Pride.Image.Elf;
using Pride.Image.Memory;
using Pride.Kernel.Objects;
using Xunit;

namespace Pride.Image.Tests;

public sealed class LibmicrokitTests
{
    private const ElfSegmentFlags Text = ElfSegmentFlags.Read | ElfSegmentFlags.Execute;
    private const ElfSegmentFlags Data = ElfSegmentFlags.Read | ElfSegmentFlags.Write;
    private const ulong DataBase = 0x20_1000;

    private readonly SystemBuilder _system = new("test", Board.Load(TestFiles.RepositoryRoot(), "qemu-virt-aarch64"));

    [Theory]
    [InlineData(true, false, false, MicrokitRelease.V20)]
    [InlineData(true, true, false, MicrokitRelease.V21)]
    [InlineData(true, true, true, MicrokitRelease.V22)]
    [InlineData(false, true, true, MicrokitRelease.V23)]
    public void A_release_is_told_by_what_only_it_has(bool bufferInProgram, bool ioPorts, bool weakAssert, MicrokitRelease release)
    {
        ElfWriter writer = Program().WeakSymbol("__assert_fail", 0x20_0000, 4, weakAssert);
        if (bufferInProgram)
        {
            writer.Symbol("__sel4_ipc_buffer_obj", 0x20_5000, 0);
        }

        if (ioPorts)
        {
            writer.Symbol("microkit_ioports", DataBase + 0x18, 8);
        }

        ElfFile elf = writer.Build();
        LibmicrokitAbi abi = Examine(elf);
        Assert.Equal((release, false, bufferInProgram ? 0x20_5000ul : 0xff_ffff_f000ul), (abi.Release, abi.Debug, abi.IpcBuffer));
    }

    [Fact]
    public void A_program_with_an_assert_of_its_own_is_told_by_the_librarys_text()
    {
        MicrokitRelease Release(string text)
        {
            ElfFile elf = new ElfWriter { Entry = 0x20_0000 }.Segment(0x20_0000, Encoding.UTF8.GetBytes(text), Text)
                .Symbol("__assert_fail", 0x20_0000, 4).Symbol("__sel4_ipc_buffer_obj", 0x20_5000, 0).Symbol("microkit_ioports", 0x20_0000, 8).Build();
            return Examine(elf).Release;
        }

        Assert.Equal((MicrokitRelease.V22, MicrokitRelease.V21), (Release("|assert failed: "), Release("assert failed: ")));
    }

    // As rust-sel4's programs are.
    [Theory]
    [InlineData(183, true, true, 0xff_ffff_f000ul, 31ul)]
    [InlineData(183, false, true, 0xff_ffff_f000ul, 27ul)]
    [InlineData(183, true, false, 0x7fff_ffff_f000ul, 31ul)]
    [InlineData(243, true, true, 0x3f_ffff_e000ul, 27ul)]
    [InlineData(62, true, true, 0x7fff_ffff_e000ul, 31ul)]
    public void What_no_symbol_shows_is_that_of_the_board_and_the_configuration(ushort machine, bool debug, bool hypervisor, ulong buffer, ulong irqAck)
    {
        ElfFile elf = new ElfWriter { Entry = 0x20_0000, Machine = machine }.Segment(0x20_0000, new byte[4], Text).Symbol("microkit_name", 0x20_0000, 4).Build();
        LibmicrokitAbi abi = LibmicrokitAbi.Of(elf, elf, new MicrokitTarget(ArchitectureOf(machine), MicrokitRelease.V23, debug, hypervisor));
        Assert.Equal((MicrokitRelease.V23, debug, buffer, irqAck), (abi.Release, abi.Debug, abi.IpcBuffer, abi.Labels.IrqAck));
    }

    [Theory]
    [InlineData("qemu-virt-aarch64", true)]
    [InlineData("qemu_virt_aarch64", true)]
    [InlineData("qemu_virt_aarch64_el1", false)]
    public void A_board_says_by_its_Microkit_name_whether_seL4_is_a_hypervisor_there(string name, bool hypervisor) =>
        Assert.Equal(hypervisor, MicrokitTarget.Of(Board.Load(TestFiles.RepositoryRoot(), name), debug: true).Hypervisor);

    // mrs x8, PMCR_EL0; mrs x10, PMCCNTR_EL0; msr PMCNTENSET_EL0, x9; mrs x0, PMEVCNTR0_EL0; the virtual counter and a thread's pointer, which PDs have; a SVC that is
    // number -22 (ResetLog), the same after other registers, and -11 (Yield); -22 without SVC.
    [Theory]
    [InlineData(new uint[] { 0xd53b9c08 }, "performance counters (0x200004)")]
    [InlineData(new uint[] { 0xd53b9d0a }, "performance counters (0x200004)")]
    [InlineData(new uint[] { 0xd51b9c29 }, "performance counters (0x200004)")]
    [InlineData(new uint[] { 0xd53be800 }, "performance counters (0x200004)")]
    [InlineData(new uint[] { 0xd53be040, 0xd53bd040 }, "")]
    [InlineData(new uint[] { 0x928002a7, 0xd4000001 }, "seL4's calls for benchmarks (0x200004)")]
    [InlineData(new uint[] { 0x92800327, 0xaa1f03e6, 0x91032900, 0xd4000001, 0xd53b9c08 }, "performance counters (0x200014), seL4's calls for benchmarks (0x200004)")]
    [InlineData(new uint[] { 0x92800147, 0xd4000001 }, "")]
    [InlineData(new uint[] { 0x928002a7, 0xd65f03c0 }, "")]
    public void What_only_the_benchmark_kernel_gives_is_found(uint[] code, string expected)
    {
        const uint Nop = 0xd503201f;
        byte[] text = MemoryMarshal.AsBytes<uint>((uint[])[Nop, .. code, Nop]).ToArray();
        ElfFile elf = new ElfWriter { Entry = 0x20_0000 }.Segment(0x20_0000, text, Text).Segment(DataBase, MemoryMarshal.AsBytes<uint>((uint[])[0xd53b9c08]).ToArray(), Data).Build();
        Assert.Equal(expected, string.Join(", ", BenchmarkDemands.Of(elf)));
    }

    [Fact]
    public void A_debug_library_enters_the_kernel_to_print()
    {
        byte[] code = [0x1f, 0x20, 0x03, 0xd5, 0x01, 0x00, 0x00, 0xd4];
        ElfFile elf = new ElfWriter { Entry = 0x20_0000 }.Segment(0x20_0000, code, Text).Symbol("microkit_dbg_putc", 0x20_0000, 8).Build();
        Assert.True(Examine(elf).Debug);
        byte[] syscall = [0x90, 0x0f, 0x05, 0xc3];
        ElfFile pc = new ElfWriter { Entry = 0x20_0000, Machine = 62 }.Segment(0x20_0000, syscall, Text).Symbol("microkit_dbg_putc", 0x20_0000, 4).Build();
        Assert.Equal((true, 31ul), (Examine(pc).Debug, Examine(pc).Labels.IrqAck));
        byte[] ecall = [0x01, 0x45, 0x73, 0x00, 0x00, 0x00, 0x82, 0x80];
        ElfFile riscV = new ElfWriter { Entry = 0x20_0000, Machine = 243 }.Segment(0x20_0000, ecall, Text).Symbol("microkit_dbg_putc", 0x20_0000, 8).Build();
        Assert.Equal((true, 27ul), (Examine(riscV).Debug, Examine(riscV).Labels.IrqAck));
        ElfFile silent = new ElfWriter { Entry = 0x20_0000 }.Segment(0x20_0000, code, Text).Symbol("microkit_dbg_putc", 0x20_0000, 4).Build();
        Assert.False(Examine(silent).Debug);
    }

    // Of generated/invocations_all.json of Microkit 2.3's boards x86_64_generic and x86_64_generic_vtx, release and debug.
    [Theory]
    [InlineData(false, false, 54ul)]
    [InlineData(true, false, 58ul)]
    [InlineData(false, true, 57ul, 66ul)]
    [InlineData(true, true, 61ul, 70ul)]
    public void A_library_for_guests_of_pcs_is_told_by_their_state(bool debug, bool guests, ulong ports, ulong? vcpu = null)
    {
        byte[] code = debug ? [0x90, 0x0f, 0x05, 0xc3] : [0x90, 0x90, 0x90, 0xc3];
        ElfWriter writer = new ElfWriter { Entry = 0x20_0000, Machine = 62 }.Segment(0x20_0000, code, Text).Symbol("microkit_dbg_putc", 0x20_0000, 4);
        ElfFile elf = (guests ? writer.Symbol("microkit_x86_vcpu_state", 0x20_0000, 32) : writer).Build();
        InvocationLabels labels = Examine(elf).Labels;
        Assert.Equal((ports, vcpu ?? labels.VcpuSetTcb), (labels.IoPortIn8, labels.VcpuSetTcb));
    }

    [Fact]
    public unsafe void Programs_of_different_releases_have_their_own_labels_in_one_image()
    {
        // 2.0's number for acknowledging an interrupt is another than 2.3's.
        _system.AddProgram("old", ProgramSource.Elf("old.elf"), new PdOptions { Priority = 1 }).Interrupt(48);
        _system.AddProgram("new", ProgramSource.Elf("new.elf"), new PdOptions { Priority = 1 }).Interrupt(49);
        ElfFile old = Program().Symbol("__sel4_ipc_buffer_obj", 0x20_5000, 0).Build("old.elf");
        ElfFile current = Program().Build("new.elf");
        BootImage image = ImageBuilder.Build(_system, TestFiles.Kernel(), null, pd => pd.Name == "old" ? old : current, ReleasePrograms);
        Assert.Equal(0x20_5000ul, image.Programs[0].Abi.IpcBuffer);
        Assert.Equal((26UL, 27UL), (LabelsOf(image, 0).IrqAck, LabelsOf(image, 1).IrqAck));
    }

    private static ImageOptions ReleasePrograms => new(DebugCalls: true) { DebugPrograms = false };

    private static LibmicrokitAbi Examine(ElfFile elf) => LibmicrokitAbi.Of(elf, elf, new MicrokitTarget(ArchitectureOf(elf.Machine), MicrokitRelease.V23, Debug: false));

    private static Machine.Architecture ArchitectureOf(ushort machine) => machine switch
    {
        ElfMachine.RiscV => Machine.Architecture.RiscV64,
        ElfMachine.X64 => Machine.Architecture.X64,
        _ => Machine.Architecture.AArch64,
    };

    private static unsafe InvocationLabels LabelsOf(BootImage image, int index)
    {
        BootInfo info = MemoryMarshal.Read<BootInfo>(image.Bytes.AsSpan(0x1000));
        Tcb tcb = At<Tcb>(image, (ulong)(info.Tcbs + index));
        return At<InvocationLabels>(image, (ulong)tcb.Labels);
    }

    private static T At<T>(BootImage image, ulong pointer)
        where T : unmanaged => MemoryMarshal.Read<T>(image.Bytes.AsSpan((int)(KernelLayout.ToPhysical(pointer) - image.LoadAddress)));

    [Fact]
    public void The_ipc_buffer_is_where_the_program_looks_for_it()
    {
        byte[] data = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(data, 0xff_ffff_f000);
        ElfFile elf = new ElfWriter { Entry = 0x20_0000 }.Segment(0x20_0000, new byte[4], Text).Segment(DataBase, data, Data).Symbol("__sel4_ipc_buffer", DataBase, 8).Build();
        Assert.Equal(0xff_ffff_f000ul, Examine(elf).IpcBuffer);
        BinaryPrimitives.WriteUInt64LittleEndian(data, 0xff_ffff_f008);
        ElfFile odd = new ElfWriter { Entry = 0x20_0000 }.Segment(0x20_0000, new byte[4], Text).Segment(DataBase, data, Data).Symbol("__sel4_ipc_buffer", DataBase, 8).Build();
        Assert.Throws<InvalidDataException>(() => Examine(odd));
    }

    [Fact]
    public void Variables_in_zeroed_data_and_sections_are_filled()
    {
        ProgramPd pd = Add();
        MemoryRegion region = _system.Region("buffer", 8.KiB());
        pd.Map(region, Permissions.ReadWrite, at: 0x400_0000);
        pd.SetVariable("word", 0x1234);
        pd.SetVariable("address", region);
        BootImage image = Build();
        ElfFile elf = image.Programs[0].Elf;
        Assert.Equal(0x1234ul, Word(elf, DataBase + 0x20));
        Assert.Equal(image.Uses.Single(u => u.Owner == "buffer").Physical, Word(elf, DataBase + 0x28));
        Assert.Equal("a", Encoding.UTF8.GetString(elf.Read(DataBase + 0x40, 1)!));

        // What was written is in the file too, where a debugger or Microkit's tool reads it.
        ElfFile again = new([.. elf.AllBytes], "again");
        Assert.Equal(0x1234ul, Word(again, DataBase + 0x20));
        Assert.Equal(elf.Segments.Select(s => s.MemorySize), again.Segments.Select(s => s.MemorySize));
    }

    [Theory]
    [InlineData("absent", "has no symbol 'absent'")]
    [InlineData("microkit_name", "has 64 bytes")]
    public void A_variable_that_is_no_word_is_refused(string symbol, string message)
    {
        Add().SetVariable(symbol, 1);
        Assert.Contains(message, Assert.Throws<ImageException>(Build).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_configuration_without_its_section_is_refused()
    {
        Add().Configure(".timer_client_config", new byte[8]);
        Assert.Contains("has no section '.timer_client_config'", Assert.Throws<ImageException>(Build).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0x20_0000ul, "overlaps")]
    [InlineData(0x20_1000ul, "overlaps")]
    public void A_region_over_the_program_is_refused(ulong at, string message)
    {
        Add().Map(_system.Region("buffer", 4.KiB()), Permissions.Read, at: at);
        Assert.Contains(message, Assert.Throws<ImageException>(Build).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_program_for_another_machine_is_refused()
    {
        _system.AddProgram("a", ProgramSource.Elf("a.elf"), new PdOptions { Priority = 1 });
        byte[] bytes = Program().ToBytes();
        bytes[18] = 243;
        ElfFile stranger = new(bytes, "riscv.elf");
        ImageException e = Assert.Throws<ImageException>(() => ImageBuilder.Build(_system, TestFiles.Kernel(), null, _ => stranger, new ImageOptions(true)));
        Assert.Contains("riscv.elf is for machine 243", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_exported_program_has_what_microkits_tool_fills_and_the_other_kernels_places()
    {
        _system.AddProgram("a", ProgramSource.Elf("a.elf"), new PdOptions { Priority = 1 });
        ElfFile own = Program().Symbol("pride_labels", DataBase + 0x100, 128).Symbol("pride_stack_top", DataBase + 0x180, 8)
            .Symbol("pride_counter_physical", DataBase + 0x188, 8).Symbol("pride_messages_name_first_core", DataBase + 0x190, 8).Build("a.elf");
        BootImage image = ImageBuilder.Build(_system, TestFiles.Kernel(), null, _ => own, new ImageOptions(true));
        ElfFile exported = new([.. MicrokitExport.Program(image.Programs[0], new MicrokitTarget(Pride.Machine.Architecture.AArch64, MicrokitRelease.V23, Debug: true), SdfClock.None).AllBytes], "exported");
        foreach ((string name, ulong size) in ((string, ulong)[])[("microkit_name", 64), ("microkit_passive", 1), ("microkit_irqs", 8), ("microkit_notifications", 8), ("microkit_pps", 8), ("microkit_ioports", 8)])
        {
            ElfSymbol symbol = exported.FindSymbol(name)!.Value;
            Assert.Equal(size, symbol.Size);
            exported.PatchZeroed(symbol.Address, new byte[(int)size]);
        }

        Assert.Equal((0xff_ffff_e000ul, 1ul), (Word(exported, DataBase + 0x180), Word(exported, DataBase + 0x188)));
        Assert.Equal(1ul, Word(exported, DataBase + 0x190));
        Assert.Equal((0ul, 0ul), (Word(image.Programs[0].Elf, DataBase + 0x188), Word(image.Programs[0].Elf, DataBase + 0x190)));
        InvocationLabels labels = MemoryMarshal.Read<InvocationLabels>(exported.Read(DataBase + 0x100, 128));
        Assert.Equal((31ul, 0ul), (labels.IrqAck, labels.PrideTcbReadMemory));
        Assert.NotEqual(0ul, AbiVersions.Microkit23.PrideTcbReadMemory);
    }

    [Theory]
    [InlineData(MicrokitRelease.V20, 26ul)]
    [InlineData(MicrokitRelease.V21, 27ul)]
    [InlineData(MicrokitRelease.V22, 27ul)]
    public void For_older_releases_the_ipc_buffer_is_the_page_behind_the_program(MicrokitRelease release, ulong irqAck)
    {
        _system.AddProgram("a", ProgramSource.Elf("a.elf"), new PdOptions { Priority = 1 });
        ElfFile own = Program().Symbol("pride_labels", DataBase + 0x100, 128).Symbol("pride_stack_top", DataBase + 0x180, 8).Symbol("__sel4_ipc_buffer", DataBase + 0x188, 8).Build("a.elf");
        BootImage image = ImageBuilder.Build(_system, TestFiles.Kernel(), null, _ => own, new ImageOptions(true));
        MicrokitTarget target = new(Pride.Machine.Architecture.AArch64, release, Debug: false);
        ElfFile exported = new([.. MicrokitExport.Program(image.Programs[0], target, SdfClock.None).AllBytes], "exported");
        ulong buffer = exported.FindSymbol("__sel4_ipc_buffer_obj")!.Value.Address;
        Assert.Equal(0ul, buffer % Limits.PageSize);
        Assert.All(exported.Segments, s => Assert.True(s.End <= buffer));
        Assert.True(buffer - exported.Segments.Max(s => s.End) < Limits.PageSize);
        Assert.Equal(buffer, Word(exported, DataBase + 0x188));
        Assert.Equal(1ul << 40, Word(exported, DataBase + 0x180));
        Assert.Equal(irqAck, MemoryMarshal.Read<InvocationLabels>(exported.Read(DataBase + 0x100, 128)).IrqAck);
    }

    [Theory]
    [InlineData(Pride.Machine.Architecture.AArch64, true, 0x100_0000_0000ul)]
    [InlineData(Pride.Machine.Architecture.AArch64, false, 0x8000_0000_0000ul)]
    [InlineData(Pride.Machine.Architecture.RiscV64, true, 0x3f_ffff_f000ul)]
    [InlineData(Pride.Machine.Architecture.X64, true, 0x7fff_ffff_f000ul)]
    public void User_space_ends_where_sel4_ends_it(Pride.Machine.Architecture architecture, bool hypervisor, ulong top)
    {
        Assert.Equal((top, top - 0x2000), (new MicrokitTarget(architecture, MicrokitRelease.V22, false, hypervisor).StackTop, new MicrokitTarget(architecture, MicrokitRelease.V23, false, hypervisor).StackTop));
        Assert.Equal(architecture == Pride.Machine.Architecture.RiscV64 ? 27ul : 31ul, new MicrokitTarget(architecture, MicrokitRelease.V23, true, hypervisor).Labels.IrqAck);
    }

    [Fact]
    public void A_program_of_libmicrokit_is_exported_as_it_is_and_for_its_own_release_alone()
    {
        Add();
        BootImage image = Build();
        LibmicrokitAbi abi = image.Programs[0].Abi;
        MicrokitTarget same = new(Pride.Machine.Architecture.AArch64, abi.Release, abi.Debug);
        Assert.Equal(image.Programs[0].Elf.AllBytes.ToArray(), MicrokitExport.Program(image.Programs[0], same, SdfClock.None).AllBytes.ToArray());
        ImageException e = Assert.Throws<ImageException>(() => MicrokitExport.Program(image.Programs[0], same with { Release = MicrokitRelease.V21 }, SdfClock.None));
        Assert.Contains($"linked with libmicrokit {abi}, the system is for Microkit 2.1, release", e.Message, StringComparison.Ordinal);
    }

    private ProgramPd Add() => _system.AddProgram("a", ProgramSource.Elf("a.elf"), new PdOptions { Priority = 1 });

    private BootImage Build() => ImageBuilder.Build(_system, TestFiles.Kernel(), null, _ => Program().Build("a.elf"), ReleasePrograms);

    private static ulong Word(ElfFile elf, ulong address) => BinaryPrimitives.ReadUInt64LittleEndian(elf.Read(address, 8));

    // All of libmicrokit's variables are zero, so the file has none of their bytes.
    private static ElfWriter Program() => new ElfWriter { Entry = 0x20_0000 }
        .Segment(0x20_0000, new byte[16], Text)
        .Segment(DataBase, new byte[8], Data, memorySize: 0x3000)
        .Symbol("word", DataBase + 0x20, 8)
        .Symbol("address", DataBase + 0x28, 8)
        .Symbol("microkit_name", DataBase + 0x40, 64);
}
