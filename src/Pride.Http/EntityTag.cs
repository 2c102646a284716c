// What identifies one version of a file: its tag and the time of its last change (RFC 9110, section 8.8).

using System;

namespace Pride.Http;

/// <summary>The validators of one representation.</summary>
/// <param name="Tag">Entity tag with its quotes: time and size in hexadecimal, so it is known without reading the file.</param>
/// <param name="ModifiedUnixSeconds">Last change, 0 when unknown.</param>
internal readonly record struct Validators(byte[] Tag, long ModifiedUnixSeconds)
{
    public static Validators Of(FileStatus status)
    {
        Span<byte> text = stackalloc byte[40];
        var writer = new SpanWriter(text);
        writer.Write("\""u8);
        writer.WriteHex((ulong)status.ModifiedUnixSeconds);
        writer.Write("-"u8);
        writer.WriteHex((ulong)status.Size);
        writer.Write("\""u8);
        return new Validators(text[..writer.Length].ToArray(), status.ModifiedUnixSeconds);
    }
}
