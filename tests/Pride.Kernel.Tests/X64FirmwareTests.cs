// What firmware and boot loaders say: sound tables are understood, and whatever lies is named, without a look at memory that is none of theirs.

using System;
using System.Collections.Generic;
using Pride.Kernel.Firmware;
using Pride.Kernel.Objects;
using Pride.Kernel.X64.Firmware;
using Xunit;

namespace Pride.Kernel.Tests;

public sealed unsafe class X64FirmwareTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Sound_tables_say_what_the_machine_has(bool isWide)
    {
        using FirmwareImage image = new(isWide);
        Assert.Equal(BootFault.None, image.Read(out AcpiPlatform platform).Fault);
        Assert.Equal(0xFEE0_0000UL, platform.LocalApic);
        Assert.Equal(0xFEC0_0000UL, platform.IoApic);
        Assert.Equal(0xFED0_0000UL, platform.Hpet);
        Assert.Equal(0xB000_0000UL, platform.PciConfiguration);
        Assert.Equal(0xFED9_0000UL, platform.DmaRemapping);
        Assert.Equal(3, platform.CoreCount);
        Assert.Equal([0, 2, 6], new ReadOnlySpan<byte>(platform.CoreIds, 3).ToArray());
        Assert.Equal((byte)PinSignal.HighLevel, platform.Pins[9]);
        Assert.Equal((byte)PinSignal.Unsaid, platform.Pins[4]);
    }

    [Fact]
    public void Tables_that_are_not_there_leave_zeroes()
    {
        using FirmwareImage image = new();
        foreach (ulong table in (ulong[])[image.Hpet, image.Mcfg, image.Dmar])
        {
            image.Patch(table, 0, "NONE"u8);
        }

        Assert.Equal(BootFault.None, image.Read(out AcpiPlatform platform).Fault);
        Assert.Equal(0UL, platform.Hpet | platform.PciConfiguration | platform.DmaRemapping);
        Assert.Equal(3, platform.CoreCount);
    }

    public static TheoryData<string, string> Lies => new()
    {
        { "another record", nameof(BootFault.UnknownBootLoader) },
        { "no map", nameof(BootFault.NoMemoryMap) },
        { "a map without end", nameof(BootFault.NoMemoryMap) },
        { "a map beyond memory", nameof(BootFault.NoMemoryMap) },
        { "root pointer nowhere", nameof(BootFault.PointerOutside) },
        { "root pointer in a device", nameof(BootFault.PointerOutside) },
        { "no root pointer there", nameof(BootFault.WrongSignature) },
        { "root pointer's sum", nameof(BootFault.WrongChecksum) },
        { "root table beyond 4 GiB", nameof(BootFault.PointerOutside) },
        { "root table is another", nameof(BootFault.WrongSignature) },
        { "root table's sum", nameof(BootFault.WrongChecksum) },
        { "root table too short", nameof(BootFault.TooShort) },
        { "root table too long", nameof(BootFault.TooLong) },
        { "entry of the root table nowhere", nameof(BootFault.PointerOutside) },
        { "entry of the root table at the end of memory", nameof(BootFault.PointerOutside) },
        { "table too short", nameof(BootFault.TooShort) },
        { "table of 4 GiB", nameof(BootFault.TooLong) },
        { "table past the map", nameof(BootFault.PointerOutside) },
        { "table's sum", nameof(BootFault.WrongChecksum) },
        { "table twice", nameof(BootFault.SecondTable) },
        { "tables overlap", nameof(BootFault.Overlap) },
        { "entry of length 0", nameof(BootFault.EntryLength) },
        { "entry past its table", nameof(BootFault.EntryLength) },
        { "core's entry too short", nameof(BootFault.EntryLength) },
        { "unit of length 0", nameof(BootFault.EntryLength) },
        { "unit past its table", nameof(BootFault.EntryLength) },
    };

    [Theory]
    [MemberData(nameof(Lies))]
    public void A_lie_is_named(string lie, string expected)
    {
        using FirmwareImage image = new();
        Tell(image, lie);
        BootProblem problem = image.Read(out _);
        Assert.Equal(expected, problem.Fault.ToString());
    }

    private static void Tell(FirmwareImage image, string lie)
    {
        const int FirstMadtEntry = 44;
        Dictionary<string, Action> lies = new()
        {
            ["another record"] = () => image.Put(FirmwareImage.Record, [1, 2, 3, 4]),
            ["no map"] = () => image.Put(FirmwareImage.Record + 48, new byte[4]),
            ["a map without end"] = () => image.Put(FirmwareImage.Record + 48, FirmwareImage.Le32(uint.MaxValue)),
            ["a map beyond memory"] = () => image.Put(FirmwareImage.Record + 40, FirmwareImage.Le64(FirmwareImage.Bytes - 24)),
            ["root pointer nowhere"] = () => image.Put(FirmwareImage.Record + 32, FirmwareImage.Le64(ulong.MaxValue - 4)),
            ["root pointer in a device"] = () => image.Put(FirmwareImage.Record + 32, FirmwareImage.Le64(0xA_0000)),
            ["no root pointer there"] = () => image.Put(FirmwareImage.RootPointer, "RSD PTR!"u8),
            ["root pointer's sum"] = () => image.At(FirmwareImage.RootPointer)[9]++,
            ["root table beyond 4 GiB"] = () => SetRoot(image, 0x1_0010_0000),
            ["root table is another"] = () => SetRoot(image, image.Madt),
            ["root table's sum"] = () => image.At(image.Root)[12]++,
            ["root table too short"] = () => image.Patch(image.Root, 4, FirmwareImage.Le32(35)),
            ["root table too long"] = () => image.Patch(image.Root, 4, FirmwareImage.Le32(0x4_0000)),
            ["entry of the root table nowhere"] = () => image.Patch(image.Root, 36, FirmwareImage.Le64(0xFEE0_0000)),
            ["entry of the root table at the end of memory"] = () => image.Patch(image.Root, 36, FirmwareImage.Le64(FirmwareImage.Bytes - 8)),
            ["table too short"] = () => image.Patch(image.Madt, 4, FirmwareImage.Le32(43)),
            ["table of 4 GiB"] = () => image.Patch(image.Hpet, 4, FirmwareImage.Le32(uint.MaxValue)),
            ["table past the map"] = () => image.Patch(image.Mcfg, 4, FirmwareImage.Le32(AcpiTables.LargestTable)),
            ["table's sum"] = () => image.At(image.Hpet)[20]++,
            ["table twice"] = () => image.Patch(image.Root, 44, FirmwareImage.Le64(image.Madt)),
            ["tables overlap"] = () => image.Patch(image.Madt, 4, FirmwareImage.Le32((uint)(image.Hpet - image.Madt) + 8)),
            ["entry of length 0"] = () => image.Patch(image.Madt, FirstMadtEntry + 1, 0),
            ["entry past its table"] = () => image.Patch(image.Madt, FirstMadtEntry + 1, 255),
            ["core's entry too short"] = () => image.Patch(image.Madt, FirstMadtEntry + 1, 4),
            ["unit of length 0"] = () => image.Patch(image.Dmar, 50, 0, 0),
            ["unit past its table"] = () => image.Patch(image.Dmar, 50, 17, 0),
        };
        lies[lie]();
    }

    private static void SetRoot(FirmwareImage image, ulong address)
    {
        image.Put(FirmwareImage.RootPointer + 24, FirmwareImage.Le64(address));
        image.MendRootPointer();
    }

    // Any byte may be anything; half of the time the sums are mended, so that what is behind them is reached. Whatever comes out, it comes
    // out: no exception (a span's check), and no endless loop (the test would not end).
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Random_lies_are_survived(int seed)
    {
        Random random = new(seed);
        HashSet<BootFault> seen = [];
        for (int round = 0; round < 3_000; round++)
        {
            using FirmwareImage image = new(random.Next(2) == 0);
            bool isMultiboot = random.Next(4) == 0;
            if (isMultiboot)
            {
                image.WriteMultiboot2();
            }

            ulong[] places = [FirmwareImage.Record, FirmwareImage.Map, FirmwareImage.RootPointer, image.Root, image.Madt, image.Hpet, image.Mcfg, image.Dmar];
            for (int i = random.Next(1, 4); i > 0; i--)
            {
                ulong place = places[random.Next(places.Length)];
                image.At(place)[random.Next(100)] = (byte)(random.Next(2) == 0 ? random.Next(256) : random.Next(4) * 85);
            }

            if (random.Next(2) == 0)
            {
                image.MendRootPointer();
                foreach (ulong table in places.AsSpan(3))
                {
                    image.Mend(table);
                }
            }

            seen.Add(image.Read(out _, isMultiboot ? BootRecord.Multiboot2Magic : 0).Fault);
        }

        Assert.True(seen.Count >= 8, $"only these came out: {string.Join(", ", seen)}");
    }

    [Fact]
    public void Memory_is_found_across_ranges_and_missed_where_it_is_not()
    {
        using FirmwareImage image = new();
        const ulong Mib = 1 << 20;
        Assert.Equal(4 * Mib, Missing(image, 0x10_0000, 4 * Mib, (3 * Mib, Mib, 1), (Mib, 2 * Mib, 1)));
        Assert.Equal(2 * Mib, Missing(image, Mib, 4 * Mib, (Mib, Mib, 1), (3 * Mib, Mib, 1)));
        Assert.Equal(Mib, Missing(image, Mib, 4 * Mib, (2 * Mib, 8 * Mib, 1)));
        Assert.Equal(Mib, Missing(image, Mib, 4 * Mib, (0, 8 * Mib, 2)));
        Assert.Equal(3 * Mib, Missing(image, Mib, 4 * Mib, (0, 8 * Mib, 1), (3 * Mib, 4096, 2)));
        Assert.Equal(4 * Mib, Missing(image, Mib, 4 * Mib, (0, ulong.MaxValue, 1)));
        Assert.Equal(4 * Mib, Missing(image, Mib, 4 * Mib, (4096, ulong.MaxValue, 1)));
        Assert.Equal(6UL << 30, Missing(image, 4UL << 30, 6UL << 30, (1UL << 32, 5UL << 30, 1)));
    }

    private static ulong Missing(FirmwareImage image, ulong start, ulong end, params (ulong Start, ulong Length, uint Type)[] ranges)
    {
        image.WriteMap(ranges);
        return new MemoryMap(image.At(FirmwareImage.Map)[..(ranges.Length * MemoryMap.EntryBytes)]).FirstMissing(start, end);
    }

    [Theory]
    [InlineData(0u, 9u, nameof(BootFault.None))]
    [InlineData(uint.MaxValue, 9u, nameof(BootFault.TooLong))]
    [InlineData(0u, 0u, nameof(BootFault.EntryLength))]
    [InlineData(0u, 0xFFFF_FFF8u, nameof(BootFault.EntryLength))]
    public void Multiboot2_records_are_read(uint total, uint firstTag, string expected)
    {
        using FirmwareImage image = new();
        image.WriteMultiboot2(total, firstTag);
        BootProblem problem = image.Read(out AcpiPlatform platform, BootRecord.Multiboot2Magic);
        Assert.Equal(expected, problem.Fault.ToString());
        Assert.Equal(expected == nameof(BootFault.None) ? 3 : 0, platform.CoreCount);
    }
}
