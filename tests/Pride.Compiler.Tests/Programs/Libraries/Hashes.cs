// MD5, SHA-1, SHA-2, SHA-3, HMAC, HKDF and PBKDF2: the vectors of FIPS 180 and RFC 4231, every length around a block, and the ways to call them.

using System;
using System.IO;
using System.Security.Cryptography;
using System.Text;

namespace Programs;

public static class Hashes
{
    private const int LongestMessage = 300;

    public static void Main()
    {
        Vectors();
        Lengths();
        OtherLengths();
        Pieces();
        Codes();
        Streams();
        Derived();
        Refusals();
    }

    private static void Vectors()
    {
        byte[] abc = "abc"u8.ToArray();
        Check("a9993e364706816aba3e25717850c26c9cd0d89d", SHA1.HashData(abc));
        Check("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", SHA256.HashData(abc));
        Check("cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7", SHA384.HashData(abc));
        Check("ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f", SHA512.HashData(abc));
        Check("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", SHA256.HashData([]));
        Check("cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0", SHA256.HashData(Encoding.ASCII.GetBytes(new string('a', 1_000_000))));
        Check("b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7", HMACSHA256.HashData(Repeated(0x0b, 20), "Hi There"u8));
        Check("60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54", HMACSHA256.HashData(Repeated(0xaa, 131), "Test Using Larger Than Block-Size Key - Hash Key First"u8));
        byte[] needs = "what do ya want for nothing?"u8.ToArray();
        Check("164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737", HMACSHA512.HashData("Jefe"u8, needs));
    }

    // Every way in which a message can end within a block; the hashes of the hashes.
    private static void Lengths()
    {
        byte[] message = Message();
        using IncrementalHash sums = IncrementalHash.CreateHash(HashAlgorithmName.SHA512);
        for (int length = 0; length <= message.Length; length++)
        {
            ReadOnlySpan<byte> part = message.AsSpan(0, length);
            sums.AppendData(SHA1.HashData(part));
            sums.AppendData(SHA256.HashData(part));
            sums.AppendData(SHA384.HashData(part));
            sums.AppendData(SHA512.HashData(part));
            sums.AppendData(HMACSHA1.HashData(part, message));
            sums.AppendData(HMACSHA256.HashData(part, part));
            sums.AppendData(HMACSHA384.HashData(part, part));
            sums.AppendData(HMACSHA512.HashData(part, part));
        }

        Console.WriteLine(Convert.ToHexString(sums.GetHashAndReset()));
    }

    // MD5 and SHA-3 in the same way.
    private static void OtherLengths()
    {
        Console.WriteLine(SHA3_256.IsSupported + " " + SHA3_512.IsSupported);
        Check("900150983cd24fb0d6963f7d28e17f72", MD5.HashData("abc"u8));
        Check("3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532", SHA3_256.HashData("abc"u8));
        byte[] message = Message();
        using IncrementalHash sums = IncrementalHash.CreateHash(HashAlgorithmName.SHA3_384);
        for (int length = 0; length <= message.Length; length++)
        {
            ReadOnlySpan<byte> part = message.AsSpan(0, length);
            sums.AppendData(MD5.HashData(part));
            sums.AppendData(SHA3_256.HashData(part));
            sums.AppendData(SHA3_384.HashData(part));
            sums.AppendData(SHA3_512.HashData(part));
            sums.AppendData(HMACMD5.HashData(part, part));
            sums.AppendData(HMACSHA3_256.HashData(part, part));
            sums.AppendData(HMACSHA3_512.HashData(part, message));
        }

        Console.WriteLine(Convert.ToHexString(sums.GetHashAndReset()));
    }

    private static void Pieces()
    {
        byte[] message = Message();
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (int start = 0, size = 1; start < message.Length; start += size, size = (size * 7 % 67) + 1)
        {
            hash.AppendData(message, start, Math.Min(size, message.Length - start));
        }

        Console.WriteLine(Convert.ToHexString(hash.GetCurrentHash()) + " " + hash.HashLengthInBytes + " " + hash.AlgorithmName);
        hash.AppendData([1]);
        Console.WriteLine(Convert.ToHexString(hash.GetHashAndReset()));
        Console.WriteLine(Convert.ToHexString(hash.GetHashAndReset()));
        using SHA384 whole = SHA384.Create();
        whole.TransformBlock(message, 0, 100, null, 0);
        whole.TransformFinalBlock(message, 100, message.Length - 100);
        Console.WriteLine(Convert.ToHexString(whole.Hash!));
        Console.WriteLine(Convert.ToHexString(whole.ComputeHash(message, 5, 77)));
    }

    private static void Codes()
    {
        using HMACSHA256 code = new(Message());
        Console.WriteLine(Convert.ToHexString(code.ComputeHash("one"u8.ToArray())));
        code.Key = "short"u8.ToArray();
        Console.WriteLine(Convert.ToHexString(code.ComputeHash("two"u8.ToArray())) + " " + code.HashSize + " " + code.HashName);
        using IncrementalHash pieces = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA384, "key"u8);
        pieces.AppendData("first"u8);
        using IncrementalHash copy = pieces.Clone();
        Console.WriteLine(Convert.ToHexString(pieces.GetCurrentHash()));
        pieces.AppendData("second"u8);
        Console.WriteLine(Convert.ToHexString(pieces.GetHashAndReset()));
        Console.WriteLine(Convert.ToHexString(copy.GetHashAndReset()));
        Console.WriteLine(CryptographicOperations.FixedTimeEquals("same"u8, "same"u8) + " " + CryptographicOperations.FixedTimeEquals("same"u8, "sane"u8));
    }

    private static void Streams()
    {
        using MemoryStream stream = new(Message());
        Console.WriteLine(Convert.ToHexString(SHA256.HashData(stream)));
        stream.Position = 0;
        Console.WriteLine(Convert.ToHexString(HMACSHA512.HashData("key"u8, stream)));
    }

    private static void Derived()
    {
        byte[] salt = "salt"u8.ToArray();
        Check("120fb6cffcf8b32c43e7225256c4f837a86548c92ccc35480805987cb70be17b", Rfc2898DeriveBytes.Pbkdf2("password", salt, 1, HashAlgorithmName.SHA256, 32));
        Console.WriteLine(Convert.ToHexString(Rfc2898DeriveBytes.Pbkdf2("password", salt, 50, HashAlgorithmName.SHA512, 150)));
        Console.WriteLine(Convert.ToHexString(HKDF.DeriveKey(HashAlgorithmName.SHA256, Message(), 42, salt, "info"u8.ToArray())));
        Console.WriteLine(RandomNumberGenerator.GetBytes(16).Length + " " + (RandomNumberGenerator.GetInt32(5, 6) == 5));
    }

    private static void Refusals()
    {
        try
        {
            Console.WriteLine(SHA256.HashData("x"u8, new byte[31]));
        }
        catch (ArgumentException e)
        {
            Console.WriteLine(e.Message);
        }

        try
        {
            using IncrementalHash unknown = IncrementalHash.CreateHash(new HashAlgorithmName("SHA257"));
            Console.WriteLine("made");
        }
        catch (CryptographicException e)
        {
            Console.WriteLine(e.Message);
        }
    }

    private static void Check(string expected, byte[] hash) => Console.WriteLine(Convert.ToHexString(hash).Equals(expected, StringComparison.OrdinalIgnoreCase) + " " + Convert.ToHexString(hash));

    private static byte[] Message()
    {
        byte[] message = new byte[LongestMessage];
        for (int i = 0; i < message.Length; i++)
        {
            message[i] = (byte)(i * 31 + (i >> 3));
        }

        return message;
    }

    private static byte[] Repeated(byte value, int count)
    {
        byte[] bytes = new byte[count];
        bytes.AsSpan().Fill(value);
        return bytes;
    }
}
