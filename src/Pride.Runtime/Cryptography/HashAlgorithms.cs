// The hash functions that there are, by the names and the numbers by which System.Security.Cryptography knows them.

using System;

namespace Pride.Runtime.Cryptography;

/// <summary>Names to functions.</summary>
internal static class HashAlgorithms
{
    /// <summary>What stands for OpenSSL's EVP_MD pointers: 0 is an unknown name.</summary>
    public static nint NumberOf(string name) => name switch
    {
        "SHA1" => 1,
        "SHA256" => 2,
        "SHA384" => 3,
        "SHA512" => 4,
        "MD5" => 5,
        "SHA3-256" => 6,
        "SHA3-384" => 7,
        "SHA3-512" => 8,
        _ => 0,
    };

    /// <summary>A new hash of a number.</summary>
    public static BlockHash Create(nint number) => number switch
    {
        1 => new Sha1(),
        2 => new Sha2<uint, Sha256>(hashBytes: 32),
        3 => new Sha2<ulong, Sha512>(hashBytes: 48),
        4 => new Sha2<ulong, Sha512>(hashBytes: 64),
        5 => new Md5(),
        6 => new Sha3(hashBytes: 32),
        7 => new Sha3(hashBytes: 48),
        8 => new Sha3(hashBytes: 64),
        _ => throw new ArgumentOutOfRangeException(nameof(number)),
    };
}
