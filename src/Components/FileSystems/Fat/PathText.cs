// Paths as clients give them. A path is copied out of the share before it is looked at, and made plain: no empty
// components, no "." and "..". Every path begins at the root, whether it says so or not, and ".." there stays there.

using System;
using Pride.Abi.Fs;

namespace Pride.FileSystems.Fat;

/// <summary>A path in private memory, and its components.</summary>
internal sealed class PathText
{
    private readonly byte[] _bytes = new byte[FsLimits.MaximumPathLength];
    private int _length;

    /// <summary>Copies a path and makes it plain. False when the buffer is no buffer, or longer than a path may be.</summary>
    public bool TryCopy(Span<byte> share, FsBuffer path)
    {
        if (!path.IsInside((ulong)share.Length) || path.Size > FsLimits.MaximumPathLength)
        {
            return false;
        }

        Span<byte> bytes = _bytes.AsSpan(0, (int)path.Size);
        share.Slice((int)path.Offset, (int)path.Size).CopyTo(bytes);

        // C clients may count a terminator in.
        int end = bytes.IndexOf((byte)0);
        MakePlain(end < 0 ? bytes.Length : end);
        return true;
    }

    /// <summary>
    /// The component that begins at <paramref name="start"/>, and where the next one begins. False after the last one.
    /// </summary>
    public bool TryGetComponent(int start, out ReadOnlySpan<byte> component, out int next)
    {
        component = default;
        next = start;
        if (start >= _length)
        {
            return false;
        }

        ReadOnlySpan<byte> rest = _bytes.AsSpan(start, _length - start);
        int slash = rest.IndexOf((byte)'/');
        component = slash < 0 ? rest : rest[..slash];
        next = start + component.Length + 1;
        return true;
    }

    // Components are moved to the front one after the other; what is written never overtakes what is read.
    private void MakePlain(int length)
    {
        int kept = 0;
        int start = 0;
        while (start < length)
        {
            int end = start;
            while (end < length && _bytes[end] != '/')
            {
                end++;
            }

            ReadOnlySpan<byte> component = _bytes.AsSpan(start, end - start);
            if (component.SequenceEqual(".."u8))
            {
                kept = LastSlash(kept);
            }
            else if (!component.IsEmpty && !component.SequenceEqual("."u8))
            {
                kept = Append(kept, component);
            }

            start = end + 1;
        }

        _length = kept;
    }

    private int Append(int kept, ReadOnlySpan<byte> component)
    {
        if (kept != 0)
        {
            _bytes[kept++] = (byte)'/';
        }

        component.CopyTo(_bytes.AsSpan(kept));
        return kept + component.Length;
    }

    private int LastSlash(int length)
    {
        int slash = _bytes.AsSpan(0, length).LastIndexOf((byte)'/');
        return slash < 0 ? 0 : slash;
    }
}
