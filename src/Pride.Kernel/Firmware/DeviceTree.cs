// A flattened device tree (Devicetree Specification 0.4, chapter 5): a header, a block of strings, and a block of tokens that open nodes, give them
// properties and close them.
//
// What it says is input: the blocks are checked before anything in them is read, and every step goes forward in the block of tokens, so it ends with it. The
// first thing that is wrong is noted (Problem), and everything that finds something wrong is false.

using System;
using System.Buffers.Binary;
using Pride.Machine;

namespace Pride.Kernel.Firmware;

/// <summary>What a step through the tree has found.</summary>
internal enum TreeToken : uint
{
    BeginNode = 1,
    EndNode = 2,
    Property = 3,
    Nothing = 4,
    End = 9,
}

/// <summary>The tree, and how far it has been read.</summary>
/// <param name="memory">Memory from the tree's first byte on; what is not the tree's is not looked at.</param>
/// <param name="address">Physical address of that byte.</param>
[RunsOnce]
internal ref struct DeviceTree(ReadOnlySpan<byte> memory, ulong address)
{
    public const uint Magic = 0xD00D_FEED;

    /// <summary>Of version 17, the only one in use.</summary>
    public const int HeaderBytes = 40;

    /// <summary>Longer than any board's; what claims more lies.</summary>
    public const int LargestTree = 2 << 20;

    private const int TotalSize = 4;
    private const int TokensOffset = 8;
    private const int StringsOffset = 12;
    private const int StringsSize = 32;
    private const int TokensSize = 36;
    private const int PropertyBytes = 2 * sizeof(uint);

    private readonly ReadOnlySpan<byte> _memory = memory;
    private readonly ulong _address = address;
    private int _strings;
    private int _stringsEnd;
    private int _tokensEnd;
    private int _at;
    private int _name;

    /// <summary>What is wrong.</summary>
    public BootProblem Problem { get; private set; }

    /// <summary>What was found last.</summary>
    public TreeToken Token { get; private set; }

    /// <summary>Of a property: where its value begins, in bytes from the tree's start, and how long it is.</summary>
    public int ValueStart { get; private set; }

    public int ValueBytes { get; private set; }

    /// <summary>Whether a tree begins here.</summary>
    public readonly bool IsThere => _memory.Length >= HeaderBytes && Word(0) == Magic;

    /// <summary>Checks where the blocks are, and goes to the first token. <see cref="IsThere"/> is true.</summary>
    public bool TryOpen()
    {
        uint total = Word(TotalSize);
        int limit = Math.Min(_memory.Length, LargestTree);
        if (total > limit)
        {
            return Fails(BootFault.TooLong, total, (ulong)limit);
        }

        ulong strings = Word(StringsOffset);
        ulong tokens = Word(TokensOffset);
        ulong stringsEnd = strings + Word(StringsSize);
        ulong tokensEnd = tokens + Word(TokensSize);
        ulong end = Math.Max(stringsEnd, tokensEnd);
        if (end > total)
        {
            return Fails(BootFault.BlockOutside, end, total);
        }

        ulong start = Math.Min(strings, tokens);
        if (start < HeaderBytes)
        {
            return Fails(BootFault.Overlap, start, HeaderBytes);
        }

        if (tokens < stringsEnd && strings < tokensEnd)
        {
            return Fails(BootFault.Overlap, strings, tokensEnd);
        }

        _strings = (int)strings;
        _stringsEnd = (int)stringsEnd;
        _at = (int)tokens;
        _tokensEnd = (int)tokensEnd;
        return true;
    }

    /// <summary>Goes on to the next token.</summary>
    public bool TryNext()
    {
        if (!Has(sizeof(uint)))
        {
            return false;
        }

        Token = (TreeToken)Word(_at);
        _at += sizeof(uint);
        switch (Token)
        {
            case TreeToken.BeginNode:
                while (Has(1) && _memory[_at] != 0)
                {
                    _at++;
                }

                return Has(1) && Skip(1);
            case TreeToken.Property:
                return ReadProperty();
            default:
                return true;
        }
    }

    /// <summary>Whether the property that was found last has this name.</summary>
    public readonly bool IsNamed(ReadOnlySpan<byte> name) => Is(_name, _stringsEnd, name);

    /// <summary>Whether its value is this text.</summary>
    public readonly bool HasText(ReadOnlySpan<byte> text) => Is(ValueStart, ValueStart + ValueBytes, text);

    /// <summary>A number of no, one or two words.</summary>
    public readonly ulong Number(int at, uint words)
    {
        ulong number = 0;
        for (uint i = 0; i < words; i++)
        {
            number = (number << 32) | Word(at + ((int)i * sizeof(uint)));
        }

        return number;
    }

    /// <summary>Notes what is wrong here. False.</summary>
    public bool Fails(BootFault fault, ulong found, ulong expected)
    {
        Problem = new BootProblem(fault, Magic, _address + (ulong)_at, found, expected);
        return false;
    }

    // Texts end with a zero.
    private readonly bool Is(int at, int end, ReadOnlySpan<byte> text)
    {
        if (end - at <= text.Length)
        {
            return false;
        }

        foreach (byte b in text)
        {
            if (_memory[at++] != b)
            {
                return false;
            }
        }

        return _memory[at] == 0;
    }

    private readonly uint Word(int at) => BinaryPrimitives.ReadUInt32BigEndian(_memory[at..]);

    private bool Has(int bytes) => _tokensEnd - _at >= bytes || Fails(BootFault.TooShort, (ulong)(_tokensEnd - _at), (ulong)bytes);

    // What comes next begins at a multiple of a word.
    private bool Skip(int bytes)
    {
        _at = Math.Min((_at + bytes + sizeof(uint) - 1) & ~(sizeof(uint) - 1), _tokensEnd);
        return true;
    }

    private bool ReadProperty()
    {
        if (!Has(PropertyBytes))
        {
            return false;
        }

        uint bytes = Word(_at);
        uint name = Word(_at + sizeof(uint));
        _at += PropertyBytes;
        if (bytes > _tokensEnd - _at)
        {
            return Fails(BootFault.EntryLength, bytes, (ulong)(_tokensEnd - _at));
        }

        if (name >= _stringsEnd - _strings)
        {
            return Fails(BootFault.BlockOutside, name, (ulong)(_stringsEnd - _strings));
        }

        _name = _strings + (int)name;
        ValueStart = _at;
        ValueBytes = (int)bytes;
        return Skip(ValueBytes);
    }
}
