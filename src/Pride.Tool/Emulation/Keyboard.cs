// What the person at the terminal types, for the guest's serial line: key by key, as a serial terminal sends it.
//
// A terminal is switched while the machine runs: no echo (the guest answers for itself), return is CR, and the keys that stop a
// Unix program go to the guest, since Ctrl-\ is what sDDF's virtualiser takes for its own. Ctrl-C alone stays the host's. Input
// that is no terminal is handed on as it is.

using System;
using System.Buffers.Binary;
using System.IO;
using System.Runtime.InteropServices;
using System.Threading.Tasks;
using Microsoft.Win32.SafeHandles;

namespace Pride.Tool.Emulation;

/// <summary>Standard input as a serial terminal's keyboard, from its making until it is disposed.</summary>
internal sealed class Keyboard : IDisposable
{
    private const int StandardInput = 0;

    // tcsetattr's "now".
    private const int Immediately = 0;

    private readonly byte[]? _settings;

    private Keyboard(byte[]? settings) => _settings = settings;

    /// <summary>Takes the keyboard; the terminal is as before once it is disposed.</summary>
    public static Keyboard Take()
    {
        byte[] settings = new byte[TerminalSettings.Size];
        if (Console.IsInputRedirected || GetSettings(StandardInput, ref settings[0]) != 0)
        {
            return new Keyboard(null);
        }

        byte[] serial = TerminalSettings.ForSerialLine(settings);
        return new Keyboard(SetSettings(StandardInput, Immediately, in serial[0]) == 0 ? settings : null);
    }

    /// <summary>Hands on what is typed until there is no more of it, or the machine has ended.</summary>
    public static async Task ForwardAsync(QemuMachine machine)
    {
        try
        {
            // The runtime's own stream of a terminal gives whole lines only.
            using SafeFileHandle handle = new(StandardInput, ownsHandle: false);
            await using FileStream input = new(handle, FileAccess.Read, bufferSize: 0);
            byte[] typed = new byte[256];
            while (await input.ReadAsync(typed) is > 0 and int count && !machine.HasExited)
            {
                await machine.SendAsync(typed.AsMemory(0, count));
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or ObjectDisposedException)
        {
            if (!machine.HasExited)
            {
                Report.Warning($"what is typed reaches the guest no more: {e.Message}");
            }
        }
    }

    public void Dispose()
    {
        if (_settings is not null)
        {
            _ = SetSettings(StandardInput, Immediately, in _settings[0]);
        }
    }

    [DllImport("libc", EntryPoint = "tcgetattr")]
    private static extern int GetSettings(int file, ref byte settings);

    [DllImport("libc", EntryPoint = "tcsetattr")]
    private static extern int SetSettings(int file, int when, in byte settings);
}

/// <summary>
/// <c>struct termios</c> of Linux with the GNU C library (termios(3), bits/termios.h): four words of flags (input at 0, local at 12), the line
/// discipline's byte at 16, 32 control characters from 17 on, two words of speeds.
/// </summary>
internal static class TerminalSettings
{
    public const int Size = 60;

    private const int InputFlags = 0;
    private const int LocalFlags = 12;
    private const int ControlCharacters = 17;

    // c_iflag: CR becomes NL; Ctrl-S and Ctrl-Q hold the output.
    private const uint CrToNl = 0x100;
    private const uint FlowControl = 0x400;

    // c_lflag: whole lines, echo, Ctrl-V and its like.
    private const uint WholeLines = 0x2;
    private const uint Echo = 0x8;
    private const uint ExtendedKeys = 0x8000;

    // Places in c_cc.
    private const int Quit = 1;
    private const int Time = 5;
    private const int Minimum = 6;
    private const int Suspend = 10;

    /// <summary><paramref name="settings"/> with what a serial line wants: each key at once and as it is, and signals for Ctrl-C alone.</summary>
    public static byte[] ForSerialLine(byte[] settings)
    {
        byte[] serial = [.. settings];
        Clear(serial.AsSpan(InputFlags), CrToNl | FlowControl);
        Clear(serial.AsSpan(LocalFlags), WholeLines | Echo | ExtendedKeys);
        Span<byte> keys = serial.AsSpan(ControlCharacters);
        keys[Quit] = 0;
        keys[Suspend] = 0;
        keys[Time] = 0;
        keys[Minimum] = 1;
        return serial;
    }

    private static void Clear(Span<byte> flags, uint bits) =>
        BinaryPrimitives.WriteUInt32LittleEndian(flags, BinaryPrimitives.ReadUInt32LittleEndian(flags) & ~bits);
}
