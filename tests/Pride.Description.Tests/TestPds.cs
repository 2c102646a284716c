// PD classes for the tests: they only declare fields.

using System.Runtime.InteropServices;
using Pride.Machine;
using Pride.Microkit;

namespace Pride.Description.Tests;

[ConfigurationSection(".test_config")]
[StructLayout(LayoutKind.Sequential)]
public struct TestConfig
{
    public uint Magic;
    public ulong Address;
}

[Profile(Profile.Driver)]
public sealed class Plain : ProtectionDomain
{
    public int NotWired;
}

[Profile(Profile.Driver)]
public sealed class Client : ProtectionDomain
{
    [Wired] public Channel Server;
}

[Profile(Profile.Driver)]
public sealed class Server : ProtectionDomain
{
    [Wired] public Channel Client;
}

[Profile(Profile.Driver)]
public sealed class Buffered : ProtectionDomain
{
    [Wired] public Region Buffer;
}

[Profile(Profile.Driver)]
public sealed class Configured : ProtectionDomain
{
    [Wired] public Config<TestConfig> Settings;
    [Wired] public ushort Port;
}

[Profile(Profile.Driver)]
public sealed class Handler : ProtectionDomain
{
    [Wired] public Irq Line;
}

[Profile(Profile.Driver)]
public sealed class Parent : ProtectionDomain
{
    [Wired] public Child Victim;
    [Wired] public ulong VictimEntry;
}

[Profile(Profile.Managed)]
public sealed class ManagedPd : ProtectionDomain;
