// Says back what is typed: a client of the console in C#, beside one in C.

using System;
using Pride.Abi.Sddf;
using Pride.Machine;
using Pride.Microkit;
using Pride.Sddf;

namespace MixedLanguages.Domains;

/// <summary>The console's second client: what is typed goes to it once Ctrl-\, 1 and return have chosen it.</summary>
[Profile(Profile.Driver)]
public sealed class Talker : ProtectionDomain
{
    private SerialClient? _serial;

    [Wired]
    public Config<SerialClientConfig> Serial;

    public override void Init()
    {
        _serial = new SerialClient(Serial);
        _serial.Print("talker (C#): I say back what is typed\n"u8);
        _serial.Flush();
    }

    public override void Notified(Channel channel)
    {
        const int Most = 64;
        Span<byte> typed = stackalloc byte[Most];
        for (int count = _serial!.Read(typed); count > 0; count = _serial.Read(typed))
        {
            _serial.Print("talker (C#): "u8);
            _serial.Print(typed[..count]);
            _serial.Print("\n"u8);
        }

        _serial.Flush();
    }
}
