// Reads a file again and again while the components beneath it are restarted, and compares every byte.

using System;
using System.Threading.Tasks;
using Pride.Abi.Fs;
using Pride.Fs;
using Pride.Http;
using Pride.Machine;
using Pride.Microkit;
using Pride.Runtime;
using Webserver.Domains;

namespace Restarts.Domains;

/// <summary>Reads as the web server does.</summary>
[Profile(Profile.Managed)]
public sealed class Reader : AsyncProtectionDomain
{
    /// <summary>Larger than the server's cache, so the disk is at work all the time.</summary>
    public const int FileBytes = 6 << 20;

    private const int Rounds = 4;
    private const int BlockBytes = 32 * 1024;

    private FileSystemClient? _files;

    [Wired]
    public Config<FsClientConfig> Files;

    [Wired]
    public Channel Restarter;

    /// <summary>The file that is read.</summary>
    public static string FilePath => "/big.bin";

    /// <summary>What stands at <paramref name="offset"/> of the file.</summary>
    public static byte Content(long offset) => (byte)((offset * 31) ^ (offset >> 8) ^ (offset >> 17));

    /// <inheritdoc/>
    public override void Idle()
    {
        base.Idle();
        _files!.Submit();
    }

    /// <inheritdoc/>
    protected override async Task RunAsync()
    {
        _files = new FileSystemClient(Files);
        OnNotified(_files.Channel, _files.ProcessCompletions);
        FileSystemSource source = new(_files);
        byte[] block = new byte[BlockBytes];
        int failures = 0;
        for (int round = 0; round < Rounds; round++)
        {
            for (long offset = 0; offset < FileBytes;)
            {
                try
                {
                    ISiteFile file = await source.OpenAsync(FilePath) ?? throw new InvalidOperationException("the file is missing");
                    int count = await file.ReadAsync(offset, block);
                    Compare(block.AsSpan(0, count), offset);
                    offset += count;
                }
                catch (FileSystemException)
                {
                    // Restarted again before the second try was done.
                    failures++;
                }
            }
        }

        DebugConsole.Write($"reader: read {Rounds} times {FileBytes} bytes, all of them right; {failures} reads failed and were asked for again\n");
        Restarter.Notify();
    }

    private static void Compare(ReadOnlySpan<byte> bytes, long offset)
    {
        if (bytes.IsEmpty)
        {
            throw new InvalidOperationException("the file is too short");
        }

        for (int i = 0; i < bytes.Length; i++)
        {
            if (bytes[i] != Content(offset + i))
            {
                throw new InvalidOperationException("the file has wrong bytes");
            }
        }
    }
}
