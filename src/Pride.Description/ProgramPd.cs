// A protection domain whose program is not a C# class: an ELF file, or C.

using System;
using System.Collections.Generic;

namespace Pride.Description;

/// <summary>A PD of libmicrokit's kind.</summary>
public sealed class ProgramPd : Pd
{
    private readonly List<WiredConfiguration> _configurations = [];

    internal ProgramPd(SystemBuilder system, string name, ProgramSource source, PdOptions options, bool usesFloatingPoint)
        : base(system, name, source, options, usesFloatingPoint)
    {
    }

    /// <summary>What goes into its ELF sections.</summary>
    public IReadOnlyList<WiredConfiguration> Configurations => _configurations;

    /// <summary>Writes <paramref name="configuration"/> into the ELF section that its type names, as sDDF's build does it with objcopy.</summary>
    public void Configure<T>(in T configuration)
        where T : unmanaged =>
        Configure(WiredField.SectionOf<T>(), PlainBytes.Of(configuration));

    /// <summary>Writes <paramref name="bytes"/> to the start of the ELF section called <paramref name="section"/>.</summary>
    public void Configure(string section, ReadOnlyMemory<byte> bytes) => _configurations.Add(new WiredConfiguration(section, bytes));
}
