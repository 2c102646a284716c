// The array pool: sizes, reuse, limits, and arrays that are not its own.

using System;
using Pride.Runtime.Pools;
using Xunit;

namespace Pride.Runtime.Tests;

public sealed class SingleThreadArrayPoolTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 16)]
    [InlineData(16, 16)]
    [InlineData(17, 32)]
    [InlineData(1000, 1024)]
    [InlineData(65536, 65536)]
    [InlineData(65537, 65537)]
    public void Arrays_have_the_next_power_of_two(int asked, int got) =>
        Assert.Equal(got, new SingleThreadArrayPool<int>().Rent(asked).Length);

    [Fact]
    public void Returned_arrays_come_back_cleared_on_request_and_the_rest_is_dropped()
    {
        SingleThreadArrayPool<int> pool = new();
        int[] array = pool.Rent(100);
        array[5] = 7;
        pool.Return(array);
        Assert.Same(array, pool.Rent(128));
        Assert.Equal(7, array[5]);
        pool.Return(array, clearArray: true);
        Assert.Equal(0, pool.Rent(65)[5]);
        for (int i = 0; i < 20; i++)
        {
            pool.Return(new int[64]);
        }

        Assert.Throws<ArgumentException>(() => pool.Return(new int[100]));
        Assert.Throws<ArgumentOutOfRangeException>(() => pool.Rent(-1));
    }
}
