// Reads a flattened device tree (.dtb): a header, a block of tokens, a block of property names.
//
// Devicetree Specification 0.4, chapter 5. All numbers are big-endian; tokens and property values are aligned to 4 bytes. A tree comes from
// outside, so every offset is checked before it is used.

using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using System.Text;

namespace Pride.Description.DeviceTrees;

/// <summary>The reader of one blob.</summary>
internal ref struct FlattenedTree
{
    private const uint Magic = 0xd00d_feed;
    private const uint OldestVersion = 16;
    private const int HeaderBytes = 40;

    /// <summary>Deeper than any tree; keeps the reader's own stack bounded.</summary>
    private const int MaximumDepth = 64;

    private const uint BeginNode = 1;
    private const uint EndNode = 2;
    private const uint Property = 3;
    private const uint Nothing = 4;
    private const uint End = 9;

    private readonly ReadOnlySpan<byte> _tokens;
    private readonly ReadOnlySpan<byte> _names;
    private readonly string _origin;
    private int _at;

    private FlattenedTree(ReadOnlySpan<byte> blob, string origin)
    {
        _origin = origin;
        if (blob.Length < HeaderBytes || Word(blob, 0) != Magic)
        {
            throw Bad("it does not start as a flattened device tree");
        }

        if (Word(blob, 24) > 17 || Word(blob, 20) < OldestVersion)
        {
            throw Bad($"it has version {Word(blob, 20)}, compatible with {Word(blob, 24)}; versions 16 and 17 can be read");
        }

        // Version 16 has no length of the token block: it ends with the file.
        uint tokens = Word(blob, 8);
        uint tokenBytes = Word(blob, 20) > OldestVersion ? Word(blob, 36) : (uint)Math.Max(0, blob.Length - (int)Math.Min(tokens, int.MaxValue));
        _tokens = Part(blob, tokens, tokenBytes);
        _names = Part(blob, Word(blob, 12), Word(blob, 32));
    }

    /// <summary>The root of <paramref name="blob"/>; <paramref name="origin"/> is its name in messages.</summary>
    /// <exception cref="InvalidDataException">It is no device tree, or a damaged one.</exception>
    public static TreeNode Read(ReadOnlySpan<byte> blob, string origin)
    {
        FlattenedTree reader = new(blob, origin);
        return reader.Token() == BeginNode ? reader.Node(null, 0) : throw reader.Bad("it has no root");
    }

    private TreeNode Node(TreeNode? parent, int depth)
    {
        if (depth == MaximumDepth)
        {
            throw Bad($"nodes are nested more than {MaximumDepth} deep");
        }

        TreeNode node = new(Text(_tokens, _at), parent);
        Skip(Encoding.UTF8.GetByteCount(node.Name) + 1);
        while (true)
        {
            switch (Token())
            {
                case Property:
                    uint length = Token();
                    string name = Text(_names, (int)Math.Min(Token(), int.MaxValue));
                    node.Properties[name] = Part(_tokens, (uint)_at, length).ToArray();
                    Skip((int)length);
                    break;
                case BeginNode:
                    node.Children.Add(Node(node, depth + 1));
                    break;
                case EndNode:
                    return node;
                case Nothing:
                    break;
                case End:
                    throw Bad($"it ends inside node {node.Path}");
                default:
                    throw Bad($"there is no token {Word(_tokens, _at - 4)}");
            }
        }
    }

    private uint Token()
    {
        uint token = Word(_tokens, _at);
        _at += sizeof(uint);
        return token;
    }

    private void Skip(int bytes) => _at = checked(_at + ((bytes + 3) & ~3));

    private readonly string Text(ReadOnlySpan<byte> block, int at)
    {
        ReadOnlySpan<byte> rest = at <= block.Length ? block[at..] : throw Bad("a name lies outside its block");
        int end = rest.IndexOf((byte)0);
        return end >= 0 ? Encoding.UTF8.GetString(rest[..end]) : throw Bad("a name has no end");
    }

    private readonly uint Word(ReadOnlySpan<byte> block, int at) =>
        at <= block.Length - sizeof(uint) ? BinaryPrimitives.ReadUInt32BigEndian(block[at..]) : throw Bad("it is cut off");

    private readonly ReadOnlySpan<byte> Part(ReadOnlySpan<byte> block, uint offset, uint length) =>
        offset <= block.Length && length <= block.Length - offset ? block.Slice((int)offset, (int)length) : throw Bad("it is cut off");

    private readonly InvalidDataException Bad(string what) => new($"{_origin}: {what}");
}
