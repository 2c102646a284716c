// A protection domain in the description whose class is known: its fields are wired by typed expressions.

using System;
using System.Linq.Expressions;
using System.Reflection;
using Pride.Machine;
using Pride.Microkit;

namespace Pride.Description;

/// <summary>A protection domain whose class is <typeparamref name="TPd"/>.</summary>
public sealed class Pd<TPd> : Pd
    where TPd : ProtectionDomain
{
    internal Pd(SystemBuilder system, string name, PdOptions options)
        : base(system, name, new ComponentSource(typeof(TPd)), options, WiredField.FloatingPointOf(typeof(TPd)))
    {
    }

    /// <summary>Maps <paramref name="region"/> and writes its address and length to <paramref name="field"/>.</summary>
    public Mapping Map(
        MemoryRegion region,
        Expression<Func<TPd, Region>> field,
        Permissions permissions,
        Caching? caching = null,
        ulong? at = null)
    {
        FieldInfo target = WiredField.Of(field);
        Mapping mapping = Map(region, permissions, caching, at);
        Wire(target, BytesOf(new Region((nuint)mapping.Address, mapping.Length)));
        return mapping;
    }

    /// <summary>A channel end whose id goes to <paramref name="field"/>. See <see cref="Pd.End(bool, bool, int?)"/>.</summary>
    public ChannelEnd End(Expression<Func<TPd, Channel>> field, bool canNotify = true, bool canCall = false, int? id = null)
    {
        FieldInfo target = WiredField.Of(field);
        ChannelEnd end = End(canNotify, canCall, id);
        Wire(target, BytesOf(new Channel((ulong)end.Id)));
        return end;
    }

    /// <summary>Lets this PD handle interrupt <paramref name="number"/>, by the id that goes to <paramref name="field"/>.</summary>
    public InterruptBinding Interrupt(Expression<Func<TPd, Irq>> field, uint number, Trigger trigger = Trigger.Level, int? id = null)
    {
        FieldInfo target = WiredField.Of(field);
        InterruptBinding binding = Interrupt(number, trigger, id);
        Wire(target, BytesOf(new Irq((ulong)binding.Id)));
        return binding;
    }

    /// <summary>Lets this PD handle the message of a PCI function, by the id that goes to <paramref name="field"/>. See <see cref="Pd.MessageInterrupt"/>.</summary>
    public InterruptBinding MessageInterrupt(Expression<Func<TPd, Irq>> field, PciAddress device, uint vector, int? id = null)
    {
        FieldInfo target = WiredField.Of(field);
        InterruptBinding binding = MessageInterrupt(device, vector, id);
        Wire(target, BytesOf(new Irq((ulong)binding.Id)));
        return binding;
    }

    /// <summary>Makes this PD the parent of <paramref name="child"/>, known by the id that goes to <paramref name="field"/>.</summary>
    public ChildBinding Child(Expression<Func<TPd, Child>> field, Pd child, int? id = null)
    {
        FieldInfo target = WiredField.Of(field);
        ChildBinding binding = Child(child, id);
        Wire(target, BytesOf(new Child((ulong)binding.Id)));
        return binding;
    }

    /// <summary>Lets this PD use the I/O ports of <paramref name="device"/>, which <paramref name="field"/> then names.</summary>
    public IoPort Ports(Expression<Func<TPd, IoPorts>> field, BoardDevice device)
    {
        IoPort ports = Ports(device);
        Set(field, new IoPorts((ulong)ports.Id, ports.Address));
        return ports;
    }

    /// <summary>Writes the entry point of <paramref name="child"/> to <paramref name="field"/>: where its parent restarts it.</summary>
    public void EntryPoint(Expression<Func<TPd, ulong>> field, Pd child) =>
        Wire(WiredField.Of(field), new WiredEntryPoint(child));

    /// <summary>Writes <paramref name="value"/> to a wired field.</summary>
    public void Set<T>(Expression<Func<TPd, T>> field, T value)
        where T : unmanaged => Wire(WiredField.Of(field), BytesOf(value));

    /// <summary>Writes <paramref name="configuration"/> into the ELF section that its type names.</summary>
    public void Configure<T>(Expression<Func<TPd, Config<T>>> field, in T configuration)
        where T : unmanaged
    {
        Wire(WiredField.Of(field), new WiredConfiguration(WiredField.SectionOf<T>(), PlainBytes.Of(configuration)));
    }

    /// <summary>Says that an optional configuration is left out on purpose: its fields stay zero.</summary>
    public void ConfigureNothing<T>(Expression<Func<TPd, Config<T>>> field)
        where T : unmanaged => Configure(field, default(T));

    /// <summary>Lets this PD read the kernel's statistics page (CPU time and memory of every PD).</summary>
    public Mapping GrantStatistics(Expression<Func<TPd, Region>> field) =>
        Map(System.Statistics, field, Permissions.Read);

    private static WiredBytes BytesOf<T>(T value)
        where T : unmanaged => new(PlainBytes.Of(value));
}
