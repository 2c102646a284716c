// The array pool of a PD: a few arrays of each power of two, no locks.

using System;
using System.Buffers;
using System.Numerics;

namespace Pride.Runtime.Pools;

/// <summary>ArrayPool&lt;T&gt;.Shared of an image.</summary>
public sealed class SingleThreadArrayPool<T> : ArrayPool<T>
{
    /// <summary>Elements of the smallest pooled array.</summary>
    public const int SmallestLength = 16;

    /// <summary>Arrays with more elements are made and dropped each time.</summary>
    public const int LargestLength = SmallestLength << (BucketCount - 1);

    /// <summary>Arrays kept of each length; more that come back are dropped.</summary>
    public const int KeptPerLength = 4;

    private const int BucketCount = 13;

    private readonly T[]?[] _kept = new T[]?[BucketCount * KeptPerLength];

    public static SingleThreadArrayPool<T> Instance { get; } = new();

    /// <inheritdoc/>
    public override T[] Rent(int minimumLength)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(minimumLength);
        if (minimumLength == 0)
        {
            return [];
        }

        if (minimumLength > LargestLength)
        {
            return new T[minimumLength];
        }

        int bucket = BucketOf(minimumLength);
        Span<T[]?> slots = _kept.AsSpan(bucket * KeptPerLength, KeptPerLength);
        for (int i = 0; i < slots.Length; i++)
        {
            if (slots[i] is { } array)
            {
                slots[i] = null;
                return array;
            }
        }

        return new T[SmallestLength << bucket];
    }

    /// <inheritdoc/>
    public override void Return(T[] array, bool clearArray = false)
    {
        ArgumentNullException.ThrowIfNull(array);
        if (array.Length == 0 || array.Length > LargestLength)
        {
            return;
        }

        int bucket = BucketOf(array.Length);
        if (array.Length != SmallestLength << bucket)
        {
            throw new ArgumentException("the array is not from this pool", nameof(array));
        }

        if (clearArray)
        {
            Array.Clear(array);
        }

        Span<T[]?> slots = _kept.AsSpan(bucket * KeptPerLength, KeptPerLength);
        for (int i = 0; i < slots.Length; i++)
        {
            if (slots[i] is null)
            {
                slots[i] = array;
                return;
            }
        }
    }

    private static int BucketOf(int length) => 32 - BitOperations.LeadingZeroCount((uint)(length - 1) >> 4);
}
