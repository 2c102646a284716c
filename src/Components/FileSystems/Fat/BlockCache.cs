// A bounded cache of aligned runs of blocks, in the data region that the device reads to.
//
// The server has two: one of single blocks for the FAT and directories, one of longer runs ("windows") for file data, which
// make one request to the device out of many sequential reads. The least recently used run is replaced; one that is being
// read stays. Reads are whole runs, cut off only at the end of the medium.

using System;
using Pride.Abi.Fs;

namespace Pride.FileSystems.Fat;

/// <summary>Runs of <c>blocksPerRun</c> blocks, found by hash.</summary>
internal sealed class BlockCache
{
    /// <summary>Bytes of a block (sDDF's BLK_TRANSFER_SIZE).</summary>
    public const int BlockSize = 4096;

    private const int BlockShift = 12;
    private const int None = -1;

    private readonly IBlockDevice _device;
    private readonly Stall _stall;
    private readonly ulong _firstByte;
    private readonly uint _firstId;
    private readonly int _blocksPerRun;
    private readonly int _runShift;
    private readonly Run[] _runs;
    private readonly int[] _buckets;
    private uint _clock;

    /// <param name="device">Where blocks come from.</param>
    /// <param name="stall">Told why a block is not there.</param>
    /// <param name="firstByte">Place of the cache in the device's data region, a multiple of a block.</param>
    /// <param name="runs">How many runs it holds.</param>
    /// <param name="blocksPerRun">Blocks of a run: a power of two.</param>
    /// <param name="firstId">The cache's transfers have the ids from here to <paramref name="firstId"/> + <paramref name="runs"/> - 1.</param>
    public BlockCache(IBlockDevice device, Stall stall, ulong firstByte, int runs, int blocksPerRun, uint firstId)
    {
        _device = device;
        _stall = stall;
        _firstByte = firstByte;
        _firstId = firstId;
        _blocksPerRun = blocksPerRun;
        _runShift = BlockShift + System.Numerics.BitOperations.Log2((uint)blocksPerRun);
        _runs = new Run[runs];
        _buckets = new int[System.Numerics.BitOperations.RoundUpToPowerOf2((uint)runs)];
        _buckets.AsSpan().Fill(None);
    }

    private enum State : byte
    {
        Empty,
        Reading,
        Valid,

        /// <summary>The device failed; whoever asks next is told, and may ask again.</summary>
        Failed,
    }

    /// <summary>Runs found in memory.</summary>
    public ulong Hits { get; private set; }

    /// <summary>Runs asked of the device.</summary>
    public ulong Misses { get; private set; }

    /// <summary>Forgets everything but what is being read just now.</summary>
    public void Clear()
    {
        for (int i = 0; i < _runs.Length; i++)
        {
            if (_runs[i].State is State.Valid or State.Failed)
            {
                Remove(i);
            }
        }
    }

    /// <summary>
    /// The bytes from <paramref name="position"/> (on the medium) to the end of their run, at most <paramref name="length"/>. The
    /// span is good until the next call.
    /// </summary>
    public Progress TryGet(ulong position, int length, out ReadOnlySpan<byte> bytes)
    {
        ulong number = position >> _runShift;
        int index = Find(number);
        if (index != None && _runs[index].State == State.Valid)
        {
            ref Run run = ref _runs[index];
            run.LastUse = ++_clock;
            Hits++;
            int within = (int)(position - (number << _runShift));
            bytes = Slice(index, within, Math.Min(length, (run.Blocks << BlockShift) - within));
            return bytes.IsEmpty ? _stall.Corrupt() : Progress.Done;
        }

        bytes = default;
        return Miss(number, index);
    }

    /// <summary>Starts to read the run of <paramref name="position"/> when it is not there; never waits.</summary>
    public void Prefetch(ulong position)
    {
        ulong number = position >> _runShift;
        if (Find(number) == None)
        {
            Miss(number, None);
        }
    }

    /// <summary>Takes the device's answer. False when the id is none of a transfer of this cache.</summary>
    public bool TryComplete(uint id, bool succeeded, int blocks)
    {
        uint index = id - _firstId;
        if (index >= (uint)_runs.Length || _runs[index].State != State.Reading)
        {
            return false;
        }

        ref Run run = ref _runs[index];
        run.State = succeeded && blocks >= run.Blocks ? State.Valid : State.Failed;
        run.LastUse = ++_clock;
        return true;
    }

    private Progress Miss(ulong number, int index)
    {
        if (index != None && _runs[index].State == State.Failed)
        {
            Remove(index);
            return _stall.Fail(FsStatus.ServerWasDenied);
        }

        return index != None ? _stall.WaitFor(_firstId + (uint)index) : Load(number);
    }

    private Progress Load(ulong number)
    {
        ulong firstBlock = number << (_runShift - BlockShift);
        ulong capacity = _device.Capacity;
        if (capacity != 0 && firstBlock >= capacity)
        {
            return _stall.Corrupt();
        }

        int index = Oldest();
        if (index == None)
        {
            return _stall.WaitFor(Stall.AnyBlock);
        }

        int blocks = capacity == 0 ? _blocksPerRun : (int)Math.Min((ulong)_blocksPerRun, capacity - firstBlock);
        ulong place = _firstByte + ((ulong)index << _runShift);
        if (!_device.TryRead(firstBlock, (ushort)blocks, place, _firstId + (uint)index))
        {
            return _stall.WaitFor(Stall.AnyBlock);
        }

        if (_runs[index].State != State.Empty)
        {
            Remove(index);
        }

        Misses++;
        ref int bucket = ref _buckets[(int)number & (_buckets.Length - 1)];
        _runs[index] = new Run { Number = number, State = State.Reading, Blocks = blocks, Next = bucket, LastUse = ++_clock };
        bucket = index;
        return _stall.WaitFor(_firstId + (uint)index);
    }

    private ReadOnlySpan<byte> Slice(int index, int within, int length) =>
        length <= 0 ? default : _device.Data.Slice((int)(_firstByte + ((ulong)index << _runShift)) + within, length);

    private int Find(ulong number)
    {
        int index = _buckets[(int)number & (_buckets.Length - 1)];
        while (index != None && _runs[index].Number != number)
        {
            index = _runs[index].Next;
        }

        return index;
    }

    // Only on a miss, which costs a request to the device: a walk over all runs is small beside it.
    private int Oldest()
    {
        int oldest = None;
        uint age = 0;
        for (int i = 0; i < _runs.Length; i++)
        {
            if (_runs[i].State == State.Empty)
            {
                return i;
            }

            // Differences, so that the clock may wrap.
            uint itsAge = _clock - _runs[i].LastUse;
            if (_runs[i].State != State.Reading && (oldest == None || itsAge > age))
            {
                oldest = i;
                age = itsAge;
            }
        }

        return oldest;
    }

    private void Remove(int index)
    {
        ref int link = ref _buckets[(int)_runs[index].Number & (_buckets.Length - 1)];
        while (link != index)
        {
            link = ref _runs[link].Next;
        }

        link = _runs[index].Next;
        _runs[index] = default;
    }

    private struct Run
    {
        /// <summary>The medium's position divided by the size of a run.</summary>
        public ulong Number;

        /// <summary>The next run of the same bucket.</summary>
        public int Next;

        /// <summary>Blocks in it: fewer than a whole run only at the medium's end.</summary>
        public int Blocks;
        public uint LastUse;
        public State State;
    }
}
