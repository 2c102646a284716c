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

public sealed class Plain : ProtectionDomain
{
    public int NotWired;
}

public sealed class Client : ProtectionDomain
{
    [Wired] public Channel Server;
}

public sealed class Server : ProtectionDomain
{
    [Wired] public Channel Client;
}

public sealed class Buffered : ProtectionDomain
{
    [Wired] public Region Buffer;
}

public sealed class Configured : ProtectionDomain
{
    [Wired] public Config<TestConfig> Settings;
    [Wired] public ushort Port;
}

public sealed class Handler : ProtectionDomain
{
    [Wired] public Irq Line;
}

public sealed class Parent : ProtectionDomain
{
    [Wired] public Child Victim;
    [Wired] public ulong VictimEntry;
}

[Profile(Profile.Managed)]
public sealed class ManagedPd : ProtectionDomain;
