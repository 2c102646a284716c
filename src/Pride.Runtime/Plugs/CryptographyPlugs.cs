// System.Security.Cryptography calls OpenSSL for its hashes. Here its lowest layer, LiteHash and LiteHmac, stands on C# instead, so all
// above it (SHA256, HMACSHA256, IncrementalHash, HKDF, PBKDF2) is the framework's own. Other algorithms (ciphers, signatures) are not there.

using System;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Pride.Machine;
using Pride.Runtime.Cryptography;
using Pride.Runtime.Time;

namespace Pride.Runtime.Plugs;

/// <summary>Fields of the framework's LiteHash; they must be the same in kind and order.</summary>
internal struct LiteHashState
{
    // The framework keeps a handle of OpenSSL here.
    public object? Context;
    public nint Algorithm;
    public int HashBytes;
}

/// <summary>Fields of the framework's LiteHmac.</summary>
internal struct LiteHmacState
{
    public object? Context;
    public int HashBytes;
}

[Plug("System.Security.Cryptography.LiteHash", Assembly = "System.Security.Cryptography")]
internal static class LiteHashPlugs
{
    [PlugMethod(".ctor")]
    public static void Construct(ref byte self, nint algorithm)
    {
        BlockHash hash = HashAlgorithms.Create(algorithm);
        StateOf(ref self) = new LiteHashState { Context = hash, Algorithm = algorithm, HashBytes = hash.HashBytes };
    }

    public static void Append(ref byte self, ReadOnlySpan<byte> data) => HashOf(ref self).Append(data);

    public static int Finalize(ref byte self, Span<byte> destination)
    {
        BlockHash hash = HashOf(ref self);
        hash.Finish(destination);
        return hash.HashBytes;
    }

    public static int Current(ref byte self, Span<byte> destination)
    {
        BlockHash copy = HashOf(ref self).Clone();
        copy.Finish(destination);
        return copy.HashBytes;
    }

    public static void Reset(ref byte self) => HashOf(ref self).Reset();

    [PlugMethod("Clone", AnySignature = true)]
    public static LiteHashState Clone(ref byte self) => StateOf(ref self) with { Context = HashOf(ref self).Clone() };

    public static void Dispose(ref byte self)
    {
    }

    [NotAPlug]
    private static ref LiteHashState StateOf(ref byte self) => ref Unsafe.As<byte, LiteHashState>(ref self);

    [NotAPlug]
    private static BlockHash HashOf(ref byte self) => (BlockHash)StateOf(ref self).Context!;
}

[Plug("System.Security.Cryptography.LiteHmac", Assembly = "System.Security.Cryptography")]
internal static class LiteHmacPlugs
{
    [PlugMethod(".ctor")]
    public static void Construct(ref byte self, nint algorithm, ReadOnlySpan<byte> key)
    {
        Hmac hmac = new(HashAlgorithms.Create(algorithm), key);
        StateOf(ref self) = new LiteHmacState { Context = hmac, HashBytes = hmac.HashBytes };
    }

    public static void Append(ref byte self, ReadOnlySpan<byte> data) => HmacOf(ref self).Append(data);

    public static int Finalize(ref byte self, Span<byte> destination)
    {
        Hmac hmac = HmacOf(ref self);
        hmac.Finish(destination);
        return hmac.HashBytes;
    }

    public static int Current(ref byte self, Span<byte> destination)
    {
        Hmac copy = HmacOf(ref self).Clone();
        copy.Finish(destination);
        return copy.HashBytes;
    }

    public static void Reset(ref byte self) => HmacOf(ref self).Reset();

    [PlugMethod("Clone", AnySignature = true)]
    public static LiteHmacState Clone(ref byte self) => StateOf(ref self) with { Context = HmacOf(ref self).Clone() };

    public static void Dispose(ref byte self)
    {
    }

    [NotAPlug]
    private static ref LiteHmacState StateOf(ref byte self) => ref Unsafe.As<byte, LiteHmacState>(ref self);

    [NotAPlug]
    private static Hmac HmacOf(ref byte self) => (Hmac)StateOf(ref self).Context!;
}

[Plug("Interop/Crypto", Assembly = "System.Security.Cryptography")]
internal static class CryptoInteropPlugs
{
    // Starts OpenSSL.
    [PlugMethod(".cctor")]
    public static void StaticConstructor()
    {
    }

    public static nint HashAlgorithmToEvp(string hashAlgorithmId)
    {
        ArgumentNullException.ThrowIfNull(hashAlgorithmId);
        nint number = HashAlgorithms.NumberOf(hashAlgorithmId);
        return number != 0 ? number : throw new CryptographicException($"'{hashAlgorithmId}' is not a known hash algorithm.");
    }

    public static bool HashAlgorithmSupported(string hashAlgorithmId) => HashAlgorithms.NumberOf(hashAlgorithmId) != 0;

    public static unsafe bool GetRandomBytes(byte* pbBuffer, int count)
    {
        Entropy.Fill(new Span<byte>(pbBuffer, count));
        return true;
    }

    // PBKDF2 (RFC 8018, section 5.2); 1 is OpenSSL's success.
    public static int Pbkdf2(ReadOnlySpan<byte> password, ReadOnlySpan<byte> salt, int iterations, nint digestEvp, Span<byte> destination)
    {
        Hmac hmac = new(HashAlgorithms.Create(digestEvp), password);
        Span<byte> last = stackalloc byte[hmac.HashBytes];
        Span<byte> sum = stackalloc byte[hmac.HashBytes];
        Span<byte> number = stackalloc byte[sizeof(int)];
        for (int block = 1; !destination.IsEmpty; block++)
        {
            BinaryPrimitives.WriteInt32BigEndian(number, block);
            hmac.Append(salt);
            hmac.Append(number);
            hmac.Finish(last);
            last.CopyTo(sum);
            for (int i = 1; i < iterations; i++)
            {
                hmac.Append(last);
                hmac.Finish(last);
                for (int k = 0; k < sum.Length; k++)
                {
                    sum[k] ^= last[k];
                }
            }

            int count = Math.Min(sum.Length, destination.Length);
            sum[..count].CopyTo(destination);
            destination = destination[count..];
        }

        return 1;
    }

    [PlugMethod("HkdfDeriveKey", AnySignature = true)]
    public static void HkdfDeriveKey() => throw new PlatformNotSupportedException(NoOpenSsl);

    [PlugMethod("HkdfExtract", AnySignature = true)]
    public static void HkdfExtract() => throw new PlatformNotSupportedException(NoOpenSsl);

    [PlugMethod("HkdfExpand", AnySignature = true)]
    public static void HkdfExpand() => throw new PlatformNotSupportedException(NoOpenSsl);

    public static Exception CreateOpenSslCryptographicException() => new CryptographicException();

    private const string NoOpenSsl = "there is no OpenSSL in a compiled image";
}

/// <summary>Does not look for an OpenSSL that has HKDF, so the framework's own C# is used.</summary>
[Plug(typeof(HKDF))]
internal static class HkdfPlugs
{
    [PlugMethod(".cctor")]
    public static void StaticConstructor()
    {
    }
}

[Plug("Interop/Crypto/EvpKdfAlgs", Assembly = "System.Security.Cryptography")]
internal static class KeyDerivationPlugs
{
    [PlugMethod(".cctor")]
    public static void StaticConstructor()
    {
    }
}

[Plug("System.Security.Cryptography.HashProviderDispenser/OneShotHashProvider", Assembly = "System.Security.Cryptography")]
internal static class OneShotHashPlugs
{
    public static int HashData(string hashAlgorithmId, ReadOnlySpan<byte> source, Span<byte> destination)
    {
        BlockHash hash = HashAlgorithms.Create(CryptoInteropPlugs.HashAlgorithmToEvp(hashAlgorithmId));
        hash.Append(source);
        hash.Finish(destination);
        return hash.HashBytes;
    }

    public static int MacData(string hashAlgorithmId, ReadOnlySpan<byte> key, ReadOnlySpan<byte> source, Span<byte> destination)
    {
        Hmac hmac = new(HashAlgorithms.Create(CryptoInteropPlugs.HashAlgorithmToEvp(hashAlgorithmId)), key);
        hmac.Append(source);
        hmac.Finish(destination);
        return hmac.HashBytes;
    }
}
