// Each PD tries one thing, and says so when it was allowed.

using Pride.Microkit;
using Pride.Runtime;

namespace Protections.Domains;

/// <summary>Looks for the kernel's descriptors.</summary>
public sealed class TableReader : ProtectionDomain
{
    public override void Init()
    {
        Instructions.ReadDescriptorTable();
        DebugConsole.WriteLine("table_reader: NOT refused"u8);
    }
}

/// <summary>Reads a port that it has no cap for.</summary>
public sealed class PortReader : ProtectionDomain
{
    public override void Init()
    {
        Instructions.ReadPort();
        DebugConsole.WriteLine("port_reader: NOT refused"u8);
    }
}

/// <summary>Turns interrupts off.</summary>
public sealed class InterruptMasker : ProtectionDomain
{
    public override void Init()
    {
        Instructions.MaskInterrupts();
        DebugConsole.WriteLine("interrupt_masker: NOT refused"u8);
    }
}
