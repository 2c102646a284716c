// The fast sums against RFC 1071 word by word, and SipHash against its authors' test vectors.

using System;
using Pride.Net;
using Xunit;

namespace Pride.Net.Tests;

public class ChecksumTests
{
    [Fact]
    public void SumsOfEveryLengthAndOffsetAgree()
    {
        byte[] data = TcpTransferTests.RandomBytes(1, 2000);
        data.AsSpan(0, 300).Fill(0xFF);
        byte[] copy = new byte[2000];
        for (int length = 0; length < 300; length++)
        {
            for (int offset = 0; offset < 8; offset++)
            {
                ReadOnlySpan<byte> part = data.AsSpan(offset * 137, length);
                ushort expected = Packets.PlainChecksum(part, 0);
                Assert.Equal(expected, (ushort)InternetChecksum.Finish(InternetChecksum.Add(part, 0)));
                Assert.Equal(expected, (ushort)InternetChecksum.Finish(InternetChecksum.AddCopying(part, copy, 0)));
                Assert.True(part.SequenceEqual(copy.AsSpan(0, length)));
            }
        }
    }

    [Fact]
    public void PiecesAtOddOffsetsAddUp()
    {
        byte[] data = TcpTransferTests.RandomBytes(2, 1001);
        ushort expected = Packets.PlainChecksum(data, 0);
        for (int split = 0; split <= data.Length; split++)
        {
            ulong first = InternetChecksum.Add(data.AsSpan(0, split), 0);
            ulong second = InternetChecksum.Add(data.AsSpan(split), 0);
            ulong sum = first + (split % 2 == 0 ? second : InternetChecksum.AtOddOffset(second));
            Assert.Equal(expected, (ushort)InternetChecksum.Finish(sum));
        }
    }

    [Fact]
    public void LongestPacketsOfOnesDoNotOverflow()
    {
        byte[] data = new byte[65535];
        data.AsSpan().Fill(0xFF);
        Assert.Equal(Packets.PlainChecksum(data, 0), (ushort)InternetChecksum.Finish(InternetChecksum.Add(data, 0)));
    }

    // The authors' reference vectors are for all lengths; 16 bytes 00..0f under the key 00..0f is one of them.
    [Fact]
    public void SipHashGivesTheReferenceValue() =>
        Assert.Equal(
            0x3f2acc7f57c29bdbul, new SipHash(0x0706050403020100, 0x0f0e0d0c0b0a0908).Hash(0x0706050403020100, 0x0f0e0d0c0b0a0908));
}
