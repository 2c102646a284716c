// A flattened device tree made for tests: sound, until a test spoils it.

using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Text;

namespace Pride.Kernel.Tests;

/// <summary>Writes a tree.</summary>
internal sealed class DeviceTreeImage
{
    // Devicetree Specification 0.4, 5.2 and 5.4.1.
    private const uint Magic = 0xD00D_FEED;
    private const int HeaderBytes = 40;
    private const uint BeginNode = 1;
    private const uint EndNode = 2;
    private const uint PropertyToken = 3;
    private const uint EndToken = 9;

    private readonly List<byte> _tokens = [];
    private readonly List<byte> _strings = [];
    private readonly Dictionary<string, uint> _names = [];

    /// <summary>A board with 256 MiB from 0x4000_0000 on in two ranges, and a GICv2.</summary>
    public static DeviceTreeImage Board(params ReadOnlySpan<uint> memory)
    {
        DeviceTreeImage tree = new();
        tree.Begin(string.Empty).Property("#address-cells", 2).Property("#size-cells", 2).Property("compatible", "a,board");
        tree.Begin("memory@48000000").Property("reg", memory.IsEmpty ? [0, 0x4800_0000, 0, 0x0800_0000, 0, 0x4000_0000, 0, 0x0800_0000] : memory)
            .Property("device_type", "memory").End();
        tree.Begin("cpus").Property("#address-cells", 1).Property("#size-cells", 0).Begin("cpu@0").Property("reg", 0).Property("device_type", "cpu").End().End();
        tree.Begin("intc@8000000").Property("interrupt-controller").Property("reg", 0, 0x0800_0000, 0, 0x1_0000, 0, 0x0801_0000, 0, 0x1_0000)
            .Begin("v2m@8020000").Property("reg", 0, 0x0802_0000, 0, 0x1000).End().End();
        return tree;
    }

    public DeviceTreeImage Begin(string name)
    {
        Word(BeginNode);
        _tokens.AddRange(Encoding.ASCII.GetBytes(name + '\0'));
        return Pad();
    }

    public DeviceTreeImage End() => Word(EndNode);

    public DeviceTreeImage Property(string name, string value) => Property(name, Encoding.ASCII.GetBytes(value + '\0'));

    public DeviceTreeImage Property(string name, params ReadOnlySpan<uint> words)
    {
        byte[] value = new byte[words.Length * sizeof(uint)];
        for (int i = 0; i < words.Length; i++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(value.AsSpan(i * sizeof(uint)), words[i]);
        }

        return Property(name, value);
    }

    /// <summary>A word of the block of tokens, whatever it may mean.</summary>
    public DeviceTreeImage Word(uint token)
    {
        Span<byte> word = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(word, token);
        _tokens.AddRange(word);
        return this;
    }

    /// <summary>Ends the root and the tree: header, reservations, tokens, strings.</summary>
    public byte[] Finish()
    {
        End().Word(EndToken);
        return Raw();
    }

    /// <summary>The tree with the tokens as they are.</summary>
    public byte[] Raw()
    {
        const int TokensAt = HeaderBytes + 16;
        int stringsAt = TokensAt + _tokens.Count;
        byte[] tree = new byte[stringsAt + _strings.Count];
        uint[] header = [Magic, (uint)tree.Length, TokensAt, (uint)stringsAt, HeaderBytes, 17, 16, 0, (uint)_strings.Count, (uint)_tokens.Count];
        for (int i = 0; i < header.Length; i++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(tree.AsSpan(i * sizeof(uint)), header[i]);
        }

        _tokens.CopyTo(tree, TokensAt);
        _strings.CopyTo(tree, stringsAt);
        return tree;
    }

    private DeviceTreeImage Property(string name, byte[] value)
    {
        if (!_names.TryGetValue(name, out uint at))
        {
            _names[name] = at = (uint)_strings.Count;
            _strings.AddRange(Encoding.ASCII.GetBytes(name + '\0'));
        }

        Word(PropertyToken).Word((uint)value.Length).Word(at);
        _tokens.AddRange(value);
        return Pad();
    }

    private DeviceTreeImage Pad()
    {
        while (_tokens.Count % sizeof(uint) != 0)
        {
            _tokens.Add(0);
        }

        return this;
    }
}
