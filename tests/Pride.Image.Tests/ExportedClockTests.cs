// Where a PC's programs have the rate of its counter from on the real seL4: the word in each program, and who measures.

using System;
using System.Buffers.Binary;
using System.Linq;
using System.Runtime.CompilerServices;
using Pride.Abi;
using Pride.Abi.Sddf;
using Pride.Description;
using Pride.Description.Sdf;
using Pride.Description.Subsystems;
using Pride.Image.Elf;
using Pride.Microkit;
using Xunit;

namespace Pride.Image.Tests;

public sealed class ExportedClockTests
{
    private const ushort X64 = 62;
    private const ulong DataBase = PdLayout.ImageBase + 0x1000;
    private const ulong RateAt = DataBase;
    private const ulong MeasuredHereAt = DataBase + 8;

    private readonly SystemBuilder _system = new("test", Board.Load(TestFiles.RepositoryRoot(), "qemu-q35-x86_64"));

    public ExportedClockTests()
    {
        _system.Add<Nothing>("reader", priority: 10);
        _ = new TimerSystem(_system, _system.Board.Device("timer"));
    }

    [Theory]
    [InlineData(MicrokitRelease.V21, 0, ~PdLayout.ClockPage, true)]
    [InlineData(MicrokitRelease.V22, 0, ~PdLayout.ClockPage, true)]
    [InlineData(MicrokitRelease.V23, 0, ~PdLayout.ClockPage, false)]
    [InlineData(MicrokitRelease.V22, 2_400_000_000, 2_400_000_000, false)]
    public void Programs_know_the_rate_or_its_place_and_before_2_3_the_timers_driver_measures(MicrokitRelease release, ulong given, ulong word, bool measures)
    {
        Assert.Equal([("reader", word, false), ("timer_driver", word, measures)], Export(release, given).Order());
    }

    [Fact]
    public void Who_reads_a_clock_that_nobody_measures_is_refused()
    {
        _system.Add<Nothing>("early", priority: 200);
        ImageException e = Assert.Throws<ImageException>(() => Export(MicrokitRelease.V22, 0));
        Assert.Contains("PD 'early' reads the clock of a PC, whose rate Microkit 2.2, release does not tell", e.Message, StringComparison.Ordinal);
        Assert.Equal(3, Export(MicrokitRelease.V23, 0).Length);
        Assert.Equal(3, Export(MicrokitRelease.V22, 1).Length);
    }

    // Each PD's name, its word, and whether it measures.
    private (string Name, ulong Word, bool Measures)[] Export(MicrokitRelease release, ulong given)
    {
        BootImage image = ImageBuilder.Build(_system, TestFiles.Kernel(), null, pd => Program(pd.Name), new ImageOptions(DebugCalls: true));
        SdfClock clock = SdfClock.Of(_system, release, given);
        return
        [
            .. image.Programs.Select(p =>
            {
                ElfFile elf = MicrokitExport.Program(p, new MicrokitTarget(Machine.Architecture.X64, release, Debug: false), clock);
                return (p.Name, BinaryPrimitives.ReadUInt64LittleEndian(elf.Read(RateAt, 8)), elf.Read(MeasuredHereAt, 1)![0] != 0);
            }),
        ];
    }

    private static ElfFile Program(string name) => new ElfWriter { Entry = PdLayout.ImageBase, Machine = X64 }
        .Segment(PdLayout.ImageBase, new byte[0x1000], ElfSegmentFlags.Read | ElfSegmentFlags.Execute)
        .Segment(DataBase, new byte[0x1000], ElfSegmentFlags.Read | ElfSegmentFlags.Write)
        .Symbol("pride_counter_frequency", RateAt, 8)
        .Symbol("pride_counter_measured_here", MeasuredHereAt, 1)
        .Symbol("pride_labels", DataBase + 0x100, 128)
        .Symbol("pride_wired_Pin", DataBase + 0x10, 8)
        .Symbol("pride_config_Device", DataBase + 0x200, (ulong)Unsafe.SizeOf<DeviceResources>())
        .Build(name);

    private sealed class Nothing : ProtectionDomain;
}
