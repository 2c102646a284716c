// A configuration blob that the image builder writes into a named ELF section of a PD.
//
// A PD class declares `[Wired] public Config<NetClientConfig> Net;`. In a guest the value is the
// address of the section's read-only bytes; on the host, a test gives it memory of its own.

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Pride.Machine;

/// <summary>A read-only reference to one configuration struct, valid for the PD's whole life.</summary>
public readonly unsafe struct Config<T>
    where T : unmanaged
{
    private readonly T* _value;

    /// <summary>A configuration at <paramref name="value"/>, which must outlive every use.</summary>
    public Config(T* value) => _value = value;

    /// <summary>True when the description gave this configuration.</summary>
    public bool IsPresent => _value != null;

    /// <summary>The configuration itself, in place: large structs are never copied.</summary>
    public ref readonly T Value => ref *_value;

    /// <summary>For tests on the host: copies <paramref name="value"/> to memory that is never freed.</summary>
    public static Config<T> OnHost(in T value)
    {
        T* memory = (T*)NativeMemory.AllocZeroed((nuint)Unsafe.SizeOf<T>());
        *memory = value;
        return new Config<T>(memory);
    }
}
