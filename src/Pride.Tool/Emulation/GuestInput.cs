// What a person types, for a guest: each key at once and as a terminal sends it, so that the guest's own echo, editing and control characters work.
//
// Ctrl-C is the only key that the guest does not get: it stops the machine. Where the input is a file or a pipe, the guest gets that as it is.

using System;
using System.Collections.Generic;
using System.IO;
using System.Threading;
using System.Threading.Tasks;

namespace Pride.Tool.Emulation;

/// <summary>The keyboard of a guest's serial line.</summary>
public static class GuestInput
{
    // Keys without a character: ECMA-48's control sequences, as xterm sends them.
    private static readonly Dictionary<ConsoleKey, string> s_sequences = new()
    {
        [ConsoleKey.UpArrow] = "\x1b[A",
        [ConsoleKey.DownArrow] = "\x1b[B",
        [ConsoleKey.RightArrow] = "\x1b[C",
        [ConsoleKey.LeftArrow] = "\x1b[D",
        [ConsoleKey.Home] = "\x1b[H",
        [ConsoleKey.End] = "\x1b[F",
        [ConsoleKey.Delete] = "\x1b[3~",
        [ConsoleKey.Enter] = "\r",
        [ConsoleKey.Backspace] = "\x7f",
    };

    /// <summary>Sends this process's input to <paramref name="send"/> until it or the machine ends.</summary>
    /// <param name="send">Takes the text.</param>
    /// <param name="stop">Called for Ctrl-C.</param>
    /// <param name="ended">True: nobody reads any more.</param>
    public static Task Forward(Func<string, Task> send, Action stop, Func<bool> ended) =>
        Console.IsInputRedirected ? Copy(Console.In, send, ended) : Task.Run(() => Keys(send, stop, ended));

    /// <summary>What a terminal sends for <paramref name="key"/>; empty: nothing.</summary>
    public static string Text(ConsoleKeyInfo key) =>
        s_sequences.TryGetValue(key.Key, out string? sequence) ? sequence : key.KeyChar == '\0' ? string.Empty : key.KeyChar.ToString();

    /// <summary>All of <paramref name="input"/>, as it comes.</summary>
    public static async Task Copy(TextReader input, Func<string, Task> send, Func<bool> ended)
    {
        char[] buffer = new char[256];
        while (await Task.Run(() => input.Read(buffer)) is > 0 and int count && !ended())
        {
            await send(new string(buffer, 0, count));
        }
    }

    private static async Task Keys(Func<string, Task> send, Action stop, Func<bool> ended)
    {
        // Otherwise the terminal keeps Ctrl-\ for itself too, with which sDDF's consoles change clients.
        Console.TreatControlCAsInput = true;
        while (!ended())
        {
            ConsoleKeyInfo key = Console.ReadKey(intercept: true);
            if (key is { Key: ConsoleKey.C, Modifiers: ConsoleModifiers.Control })
            {
                stop();
                return;
            }

            await send(Text(key));
        }
    }
}
