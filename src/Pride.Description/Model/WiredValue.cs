// The value of a [Wired] field: bytes now, or something that is known only when every PD is linked.

using System;

namespace Pride.Description;

/// <summary>What the image builder writes to a wired field.</summary>
public abstract record WiredValue;

/// <summary>Bytes in the guest's layout (little endian, natural alignment: the host's own).</summary>
public sealed record WiredBytes(ReadOnlyMemory<byte> Bytes) : WiredValue;

/// <summary>The entry point of another PD's ELF file, in 8 bytes: what its parent restarts it at.</summary>
public sealed record WiredEntryPoint(Pd Of) : WiredValue;

/// <summary>A configuration struct, in the ELF section that its type names.</summary>
/// <param name="Section">Section name (".net_client_config").</param>
/// <param name="Bytes">The struct.</param>
public sealed record WiredConfiguration(string Section, ReadOnlyMemory<byte> Bytes) : WiredValue;
