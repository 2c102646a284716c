// Memory goes around what the description has placed, and boot zeroes everything that is to be zero.

using System.Linq;
using Pride.Description;
using Pride.Image.Memory;
using Xunit;

namespace Pride.Image.Tests;

public sealed class PhysicalPlanTests
{
    private const ulong Ram = 0x4000_0000;
    private const ulong Load = 0x4020_0000;
    private static readonly BoardMemory s_memory = new(Ram, 64.MiB());

    [Fact]
    public void The_image_and_zeroed_memory_go_around_fixed_ranges()
    {
        FixedRange inImage = new(Load + 0x1000, Load + 0x3000, Loaded: false);
        FixedRange high = new(Ram + 62.MiB(), Ram + 63.MiB(), Loaded: false);
        using PhysicalPlan plan = new(s_memory, Load, Ram + 64.MiB(), [inImage, high]);
        Assert.Equal(Load, plan.Load("a", "x", 0x1000));
        Assert.Equal(Load + 0x3000, plan.Load("a", "y", 0x1000));
        Assert.Equal(Ram + 63.MiB(), plan.Zero("a", "z", 1.MiB()));
        Assert.Equal(Ram + 61.MiB(), plan.Zero("a", "z", 1.MiB()));
        Assert.Equal(Load + 0x4000, plan.LoadedEnd);
        Assert.Equal(Ram + 61.MiB(), plan.ZeroedStart);
    }

    [Fact]
    public void A_fixed_range_behind_the_image_is_zeroed()
    {
        FixedRange low = new(Ram + 8.MiB(), Ram + 9.MiB(), Loaded: false);
        using PhysicalPlan plan = new(s_memory, Load, Ram + 64.MiB(), [low]);
        plan.Load("a", "x", 0x1000);
        plan.Zero("a", "z", 0x1000);
        Assert.Equal(low.Start, plan.ZeroedStart);
    }

    [Fact]
    public void Of_a_large_memory_only_what_is_used_is_zeroed()
    {
        const ulong RegionEnd = Ram + (512UL << 20);
        BoardMemory large = new(Ram, 2UL << 30);
        FixedRange placed = new(RegionEnd - 0x10000, RegionEnd, Loaded: false);
        using PhysicalPlan plan = new(large, Load, Ram + large.Size, [placed]);
        plan.Load("a", "x", 0x1000);
        Assert.Equal(placed.Start - 0x1000, plan.Zero("a", "y", 0x1000));
        Assert.Equal((placed.Start - 0x1000, placed.End), (plan.ZeroedStart, plan.ZeroedEnd));

        // What does not fit below lies behind, and the range then reaches to the end.
        Assert.Equal(Ram + large.Size - 768.MiB(), plan.Zero("a", "z", 768.MiB()));
        Assert.Equal((placed.Start - 0x1000, Ram + large.Size), (plan.ZeroedStart, plan.ZeroedEnd));
        Assert.Throws<ImageException>(() => plan.Zero("a", "w", 1024.MiB()));
    }

    [Fact]
    public void The_image_reaches_to_a_fixed_range_that_is_filled()
    {
        FixedRange filled = new(Ram + 8.MiB(), Ram + 8.MiB() + 0x1000, Loaded: true);
        using PhysicalPlan plan = new(s_memory, Load, Ram + 64.MiB(), [filled]);
        plan.Load("a", "x", 0x1000);
        plan.Bytes(filled.Start, 4)[0] = 7;
        Assert.Equal((filled.End, (byte)7), (plan.LoadedEnd, plan.Bytes(filled.Start, 1)[0]));
        Assert.Throws<ImageException>(() => Enumerable.Range(0, 64).Select(_ => plan.Zero("a", "z", 1.MiB())).ToList());
    }
}
