// A pair of NVMe queues (NVM Express 1.4, 4.1 and 4.6): commands go in by one ring, answers come back by the other. An answer's phase bit, which
// changes with every round, says whether it is new.
//
// The caller never has more commands with the controller than the ring has entries less one.

using System.Runtime.InteropServices;
using System.Threading;
using Pride.Abi.Sddf;
using Pride.Machine;
using Barrier = Pride.Machine.Barrier;

namespace Pride.Drivers.Block;

/// <summary>A command, 64 bytes (4.2). What the words from 40 on mean is the operation's.</summary>
[StructLayout(LayoutKind.Explicit, Size = 64)]
internal struct NvmeCommand
{
    [FieldOffset(0)]
    public byte Operation;

    [FieldOffset(2)]
    public ushort Id;

    [FieldOffset(4)]
    public uint Namespace;

    [FieldOffset(24)]
    public ulong FirstPage;

    [FieldOffset(32)]
    public ulong OtherPages;

    [FieldOffset(40)]
    public uint Argument0;

    [FieldOffset(44)]
    public uint Argument1;

    /// <summary>Reading and writing: the first sector.</summary>
    [FieldOffset(40)]
    public ulong Sector;

    /// <summary>Reading and writing: how many sectors, less one.</summary>
    [FieldOffset(48)]
    public uint Sectors;
}

/// <summary>One pair of queues.</summary>
internal sealed class NvmeQueue
{
    private const ulong CommandBytes = 64;
    private const ulong AnswerBytes = 16;

    // The last word of an answer: identifier, phase, status (4.6.1).
    private const ulong AnswerWord = 12;
    private const uint Phase = 1 << 16;
    private const int StatusShift = 17;

    private const ulong FirstDoorbell = 0x1000;
    private const ulong SmallestSpacing = 4;

    private readonly Region _memory;
    private readonly ulong _commands;
    private readonly ulong _answers;
    private readonly Mmio _registers;
    private readonly nuint _submissionDoorbell;
    private readonly nuint _completionDoorbell;
    private uint _tail;
    private uint _published;
    private uint _head;
    private uint _released;
    private uint _phase = Phase;

    /// <param name="memory">Holds both rings; they are cleared.</param>
    /// <param name="commands">Where in it the commands are, a multiple of a page.</param>
    /// <param name="answers">Where in it the answers are, a multiple of a page.</param>
    /// <param name="size">Entries of each.</param>
    /// <param name="registers">The controller's.</param>
    /// <param name="number">The queue's number.</param>
    /// <param name="spacingShift">How far doorbells are apart, as the controller's capabilities say it.</param>
    public NvmeQueue(in DeviceRegion memory, ulong commands, ulong answers, uint size, Mmio registers, uint number, int spacingShift)
    {
        _memory = memory.Region;
        _commands = commands;
        _answers = answers;
        _registers = registers;
        Size = size;
        ulong spacing = SmallestSpacing << spacingShift;
        _submissionDoorbell = (nuint)(FirstDoorbell + (2 * number * spacing));
        _completionDoorbell = (nuint)(FirstDoorbell + (((2 * number) + 1) * spacing));
        _memory.Bytes.Slice((int)commands, (int)(size * CommandBytes)).Clear();
        _memory.Bytes.Slice((int)answers, (int)(size * AnswerBytes)).Clear();
    }

    /// <summary>Entries.</summary>
    public uint Size { get; }

    /// <summary>Writes a command down; the controller sees it at the next <see cref="Publish"/>.</summary>
    public void Put(in NvmeCommand command)
    {
        _memory.At<NvmeCommand>(_commands + (_tail * CommandBytes)) = command;
        _tail = Next(_tail);
    }

    /// <summary>Shows the controller what was put.</summary>
    public void Publish()
    {
        if (_published != _tail)
        {
            _published = _tail;
            Barrier.DmaWrite();
            _registers.Write32(_submissionDoorbell, _tail);
        }
    }

    /// <summary>Takes the next answer. Its identifier is what the controller says. The status is 0 for success.</summary>
    public bool TryTake(out ushort id, out ushort status)
    {
        uint word = Volatile.Read(ref _memory.At<uint>(_answers + (_head * AnswerBytes) + AnswerWord));
        id = (ushort)word;
        status = (ushort)(word >> StatusShift);
        if ((word & Phase) != _phase)
        {
            return false;
        }

        Barrier.DmaRead();
        _head = Next(_head);
        _phase = _head == 0 ? _phase ^ Phase : _phase;
        return true;
    }

    /// <summary>Tells the controller which answers were taken.</summary>
    public void Release()
    {
        if (_released != _head)
        {
            _released = _head;
            _registers.Write32(_completionDoorbell, _head);
        }
    }

    private uint Next(uint index) => index + 1 == Size ? 0 : index + 1;
}
