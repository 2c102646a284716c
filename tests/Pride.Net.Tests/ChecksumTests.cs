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

    // What is compiled where there are no vectors.
    [Fact]
    public void SumsByGroupsAgree()
    {
        byte[] data = TcpTransferTests.RandomBytes(3, 4096);
        data.AsSpan(0, 1024).Fill(0xFF);
        byte[] copy = new byte[4096];
        for (int length = 0; length <= 2048; length += 64)
        {
            for (int offset = 0; offset < 2000; offset += 137)
            {
                ReadOnlySpan<byte> part = data.AsSpan(offset, length);
                ushort expected = Packets.PlainChecksum(part, 0);
                Assert.Equal(expected, (ushort)InternetChecksum.Finish(InternetChecksum.AddGroups(part, 0)));
                Assert.InRange(InternetChecksum.AddGroups(part, uint.MaxValue), 0UL, 1UL << 34);
                copy.AsSpan().Clear();
                Assert.Equal(expected, (ushort)InternetChecksum.Finish(InternetChecksum.AddCopyingGroups(part, copy.AsSpan(0, length), 0)));
                Assert.True(part.SequenceEqual(copy.AsSpan(0, length)));
                Assert.Equal(-1, copy.AsSpan(length).IndexOfAnyExcept((byte)0));
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
