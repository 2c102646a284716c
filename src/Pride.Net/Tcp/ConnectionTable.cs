// Finds a connection by its key: a chained hash table over fixed arrays.
//
// Established, half-open and TIME-WAIT connections share it; each has a number of its own. The hash is a multiplication by a secret
// odd number (Dietzfelbinger et al., 1997), so that nobody outside can choose keys that collide, at three instructions a lookup.

using System;
using System.Diagnostics;
using System.Numerics;

namespace Pride.Net;

/// <summary>Maps keys to numbers 0..capacity-1.</summary>
internal sealed class ConnectionTable
{
    private const int None = -1;

    private readonly int[] _buckets;
    private readonly int[] _next;
    private readonly ulong[] _keys;
    private readonly ulong _multiplier;
    private readonly int _shift;

    public ConnectionTable(int capacity, SipHash secret)
    {
        int bits = BitOperations.Log2(BitOperations.RoundUpToPowerOf2((uint)capacity)) + 1;
        _buckets = new int[1 << bits];
        _buckets.AsSpan().Fill(None);
        _next = new int[capacity];
        _keys = new ulong[capacity];
        _multiplier = secret.Hash((ulong)capacity, 0) | 1;
        _shift = 64 - bits;
    }

    /// <summary>The number under <paramref name="key"/>, or -1.</summary>
    public int Find(ulong key)
    {
        int number = _buckets[BucketOf(key)];
        while (number != None && _keys[number] != key)
        {
            number = _next[number];
        }

        return number;
    }

    public void Add(int number, ulong key)
    {
        Debug.Assert(Find(key) == None, "a key stands in the table once");
        ref int bucket = ref _buckets[BucketOf(key)];
        _keys[number] = key;
        _next[number] = bucket;
        bucket = number;
    }

    /// <summary>Removes a number that was added.</summary>
    public void Remove(int number)
    {
        ref int link = ref _buckets[BucketOf(_keys[number])];
        while (link != number)
        {
            link = ref _next[link];
        }

        link = _next[number];
    }

    private int BucketOf(ulong key) => (int)((key * _multiplier) >> _shift);
}
