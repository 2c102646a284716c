// A capability: what a slot of a PD's cap table holds.
//
// Two words. Word: bits 47..0 the low bits of the object's kernel-virtual address (the rest are the sign
// extension of the kernel's half), bits 55..48 rights, bits 63..56 type. Badge: all 64 bits, since Microkit uses
// bits 62 and 63. A slot of zeroes is the null cap. seL4 uses 32 bytes a slot because it keeps the derivation tree in it;
// Pride's tables are made by the image builder, so there is no tree.

using System.Runtime.InteropServices;

namespace Pride.Kernel.Objects;

/// <summary>What a cap points to.</summary>
public enum CapType : byte
{
    /// <summary>Nothing: an empty slot.</summary>
    Null = 0,

    /// <summary>An <see cref="Objects.Endpoint"/>.</summary>
    Endpoint = 1,

    /// <summary>A <see cref="Objects.Notification"/>.</summary>
    Notification = 2,

    /// <summary>A <see cref="Objects.Reply"/>.</summary>
    Reply = 3,

    /// <summary>A <see cref="Objects.Tcb"/>.</summary>
    Tcb = 4,

    /// <summary>A <see cref="Objects.SchedulingContext"/>.</summary>
    SchedulingContext = 5,

    /// <summary>An <see cref="IrqEntry"/>.</summary>
    IrqHandler = 6,

    /// <summary>The right to make SMC calls; no object. The badge, when not 0, is the only function id allowed.</summary>
    Smc = 7,

    /// <summary>The right to configure scheduling contexts; no object.</summary>
    SchedulingControl = 8,

    /// <summary>A <see cref="Objects.Notification"/> that belongs to another core: it can be signalled, and nothing else.</summary>
    RemoteNotification = 9,

    /// <summary>x86-64: the right to a run of I/O ports; no object (<see cref="Cap.ForPorts"/>).</summary>
    IoPort = 10,

    /// <summary>A <see cref="Objects.Vcpu"/>.</summary>
    Vcpu = 11,
}

/// <summary>Rights of a cap, in seL4's bit order (libsel4, seL4_CapRights).</summary>
[System.Flags]
public enum CapRights : byte
{
    None = 0,

    /// <summary>Send or signal.</summary>
    Write = 1,

    /// <summary>Receive or wait.</summary>
    Read = 2,

    /// <summary>Grant: a sender may hand over caps and be replied to.</summary>
    Grant = 4,

    /// <summary>Grant reply: a caller may be replied to.</summary>
    GrantReply = 8,

    /// <summary>All four: what Microkit gives on endpoints.</summary>
    All = 15,
}

/// <summary>One slot of a cap table. 16 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct Cap
{
    private const int TypeShift = 56;
    private const int RightsShift = 48;
    private const ulong PointerMask = (1UL << RightsShift) - 1;

    /// <summary>Type, rights and pointer.</summary>
    public ulong Word;

    /// <summary>For endpoint and notification caps: what the receiver sees of the sender.</summary>
    public ulong Badge;

    /// <summary>A cap to the object at <paramref name="address"/> (kernel-virtual; 0 for types without an object).</summary>
    public Cap(CapType type, CapRights rights, ulong address, ulong badge)
    {
        Word = ((ulong)type << TypeShift) | ((ulong)rights << RightsShift) | (address & PointerMask);
        Badge = badge;
    }

    /// <summary>A cap to the I/O ports from <paramref name="first"/> to <paramref name="last"/>, which stand where others have an address: bits 15..0 and 31..16.</summary>
    public static Cap ForPorts(uint first, uint last) => new(CapType.IoPort, CapRights.All, ((ulong)last << 16) | first, 0);

    public readonly CapType Type => (CapType)(Word >> TypeShift);

    public readonly CapRights Rights => (CapRights)(byte)(Word >> RightsShift);

    /// <summary>The low 48 bits of the object's address; the kernel adds its half's sign extension.</summary>
    public readonly ulong PointerBits => Word & PointerMask;

    /// <summary>True when every right in <paramref name="rights"/> is there.</summary>
    public readonly bool Allows(CapRights rights) => ((CapRights)(byte)(Word >> RightsShift) & rights) == rights;

    /// <summary>True when at least one of <paramref name="rights"/> is there.</summary>
    public readonly bool AllowsAny(CapRights rights) => ((CapRights)(byte)(Word >> RightsShift) & rights) != 0;
}
