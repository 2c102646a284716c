// What is known of the registers at a point of a kernel path: constants, and which register points to the core's state or to the thread that entered.
//
// This is what tells one system call's paths from another's: its number and the constants that follow from it decide branches.
// Whatever an instruction does that is not understood here makes what it may write unknown, so nothing is ever known wrongly.

using System;

namespace Pride.Tool.Bounds;

/// <summary>What a register holds.</summary>
internal enum ValueKind : byte
{
    Unknown,
    Constant,

    /// <summary>The address of the core's state.</summary>
    Core,

    /// <summary>The address of the thread that entered the kernel.</summary>
    Thread,
}

/// <summary>A register's value.</summary>
internal readonly record struct KnownValue(ValueKind Kind, ulong Bits)
{
    public static KnownValue Constant(ulong bits) => new(ValueKind.Constant, bits);
}

/// <summary>The 31 general registers and the flags of the last comparison.</summary>
internal sealed partial class RegisterValues
{
    private const int Registers = 31;
    private const int ZeroRegister = 31;
    private const int ArgumentRegisters = 8;
    private const int FirstKept = 19;

    private readonly KnownValue[] _values = new KnownValue[Registers];

    // N, Z, C, V as in PSTATE; -1: unknown.
    private int _flags = -1;

    /// <summary>What the stack pointer holds: on entry from a thread, its address.</summary>
    public KnownValue StackPointer { get; set; }

    /// <summary>What register <paramref name="index"/> holds; 31 is zero.</summary>
    public KnownValue this[uint index]
    {
        get => index == ZeroRegister ? KnownValue.Constant(0) : _values[index];
        set
        {
            if (index != ZeroRegister)
            {
                _values[index] = value;
            }
        }
    }

    public RegisterValues Copy()
    {
        RegisterValues copy = new() { _flags = _flags, StackPointer = StackPointer };
        _values.CopyTo(copy._values, 0);
        return copy;
    }

    /// <summary>Forgets what <paramref name="other"/> does not know as well. True when something was forgotten.</summary>
    public bool Merge(RegisterValues other)
    {
        bool changed = false;
        for (int i = 0; i < Registers; i++)
        {
            if (_values[i].Kind != ValueKind.Unknown && _values[i] != other._values[i])
            {
                _values[i] = default;
                changed = true;
            }
        }

        if (StackPointer.Kind != ValueKind.Unknown && StackPointer != other.StackPointer)
        {
            StackPointer = default;
            changed = true;
        }

        if (_flags >= 0 && _flags != other._flags)
        {
            _flags = -1;
            changed = true;
        }

        return changed;
    }

    /// <summary>What a callee knows: its arguments.</summary>
    public RegisterValues Arguments()
    {
        RegisterValues arguments = new();
        Array.Copy(_values, arguments._values, ArgumentRegisters);
        return arguments;
    }

    /// <summary>Equal for equal arguments.</summary>
    public string ArgumentKey() => string.Join(',', _values.AsSpan(0, ArgumentRegisters).ToArray());

    /// <summary>A call has returned: what a callee may change is unknown (AAPCS64, 6.1.1).</summary>
    public void AfterCall()
    {
        Array.Clear(_values, 0, FirstKept);
        _values[Registers - 1] = default;
        _flags = -1;
    }

    /// <summary>Whether the branch <paramref name="word"/> is taken; null: not known.</summary>
    public bool? IsTaken(uint word)
    {
        if ((word & 0xFF00_0010) == 0x5400_0000)
        {
            return _flags < 0 ? null : Holds((int)(word & 15));
        }

        KnownValue value = this[word & 31];
        if (value.Kind != ValueKind.Constant)
        {
            // A pointer to a structure is not null.
            return value.Kind == ValueKind.Unknown || (word & 0xFE00_0000) != 0xB400_0000 ? null : (word & 0x0100_0000) != 0;
        }

        if ((word & 0x7E00_0000) == 0x3400_0000)
        {
            bool isZero = (word >> 31 == 0 ? (uint)value.Bits : value.Bits) == 0;
            return isZero == ((word & 0x0100_0000) == 0);
        }

        int bit = (int)(((word >> 31) << 5) | ((word >> 19) & 31));
        return (((value.Bits >> bit) & 1) != 0) == ((word & 0x0100_0000) != 0);
    }

    private bool Holds(int condition)
    {
        bool n = (_flags & 8) != 0;
        bool z = (_flags & 4) != 0;
        bool c = (_flags & 2) != 0;
        bool v = (_flags & 1) != 0;
        bool holds = (condition >> 1) switch
        {
            0 => z,
            1 => c,
            2 => n,
            3 => v,
            4 => c && !z,
            5 => n == v,
            6 => n == v && !z,
            _ => true,
        };
        return (condition & 1) != 0 && condition != 15 ? !holds : holds;
    }
}
