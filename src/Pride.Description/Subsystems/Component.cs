// A component of a subsystem: Pride's own class, or a program in its place that has the same configuration in the section of that name.

using System;
using System.Collections.Generic;
using System.Linq.Expressions;
using Pride.Machine;
using Pride.Microkit;

namespace Pride.Description.Subsystems;

/// <summary>A program that stands in for one of Pride's drivers.</summary>
/// <param name="Program">The program, with its class's configuration section and .device_resources.</param>
/// <param name="DmaRegions">
/// Sizes in bytes of the memory shared with the device that it finds behind its registers in .device_resources, in this order; what sDDF's config.json
/// of the driver lists with a size and without a place. Null: those that Pride's own driver of the class has.
/// </param>
public sealed record DriverProgram(ProgramSource Program, IReadOnlyList<ulong>? DmaRegions = null)
{
    /// <summary>A driver with the regions of Pride's own.</summary>
    public static implicit operator DriverProgram(ProgramSource program) => new(program);
}

/// <summary>A PD and how it gets its configuration.</summary>
internal sealed record Component<TConfig>(Pd Pd, Action<TConfig> Configure)
    where TConfig : unmanaged
{
    /// <summary>Adds <paramref name="program"/>, or <typeparamref name="TPd"/> where it is null.</summary>
    /// <param name="system">The system.</param>
    /// <param name="name">The PD's name.</param>
    /// <param name="options">Its priority, core, and whether it is passive.</param>
    /// <param name="program">What stands in for the class.</param>
    /// <param name="field">The class's configuration.</param>
    /// <param name="give">What the class needs besides.</param>
    public static Component<TConfig> Add<TPd>(
        SystemBuilder system, string name, PdOptions options, ProgramSource? program, Expression<Func<TPd, Config<TConfig>>> field, Action<Pd<TPd>>? give = null)
        where TPd : ProtectionDomain, new()
    {
        if (program is not null)
        {
            return Add(system, name, options, program);
        }

        Pd<TPd> own = system.Add<TPd>(name, options.Priority, passive: options.Passive, core: options.Core);
        give?.Invoke(own);
        return new Component<TConfig>(own, config => own.Configure(field, in config));
    }

    /// <summary>Adds <paramref name="program"/>.</summary>
    public static Component<TConfig> Add(SystemBuilder system, string name, PdOptions options, ProgramSource program)
    {
        ProgramPd pd = system.AddProgram(name, program, options);
        return new Component<TConfig>(pd, config => pd.Configure(in config));
    }
}
