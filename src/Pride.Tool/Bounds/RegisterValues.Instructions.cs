// What an instruction that does not branch does to what is known of the registers (Arm ARM DDI 0487, C4.1): moves, additions and logic are computed,
// and of everything else only what it writes matters.

using System;
using System.Numerics;

namespace Pride.Tool.Bounds;

internal sealed partial class RegisterValues
{
    /// <summary>Executes an instruction that does not branch.</summary>
    /// <param name="word">The instruction.</param>
    /// <param name="load">What is known of the 64-bit word at an offset from a known address.</param>
    public void Execute(uint word, Func<KnownValue, ulong, KnownValue> load)
    {
        switch ((word >> 25) & 15)
        {
            case 8 or 9:
                ExecuteImmediate(word);
                break;
            case 5 or 13:
                ExecuteRegister(word);
                break;
            case 4 or 6 or 12 or 14:
                ExecuteMemory(word, load);
                break;
            default:
                ExecuteOther(word);
                break;
        }
    }

    private void ExecuteImmediate(uint word)
    {
        bool is64 = word >> 31 != 0;
        uint target = word & 31;
        KnownValue source = this[(word >> 5) & 31];
        switch ((word >> 23) & 7)
        {
            case 2:
                // ADD, ADDS, SUB, SUBS; register 31 is the stack pointer here, but for the target of those that set flags.
                bool setsFlags = (word & 0x2000_0000) != 0;
                source = ((word >> 5) & 31) == ZeroRegister ? StackPointer : source;
                ulong immediate = (word >> 10) & 0xFFF;
                immediate <<= (word & 0x40_0000) != 0 ? 12 : 0;
                if (immediate == 0 && is64 && !setsFlags)
                {
                    MoveStackPointer(target, source);
                    break;
                }

                StackPointer = target == ZeroRegister && !setsFlags ? default : StackPointer;
                Arithmetic(word, is64, target, source, KnownValue.Constant(immediate), setsFlags);
                break;
            case 4:
                ulong mask = LogicalImmediate(word, is64);
                bool flags = ((word >> 29) & 3) == 3;
                Logical((word >> 29) & 3, is64, target, source, KnownValue.Constant(mask), flags);
                break;
            case 5:
                MoveWide(word, is64, target);
                break;
            default:
                // ADR, bit fields, extractions.
                this[target] = default;
                break;
        }
    }

    // MOV to or from the stack pointer.
    private void MoveStackPointer(uint target, KnownValue source)
    {
        if (target == ZeroRegister)
        {
            StackPointer = source;
        }
        else
        {
            this[target] = source;
        }
    }

    private void MoveWide(uint word, bool is64, uint target)
    {
        int shift = (int)((word >> 21) & 3) * 16;
        ulong immediate = (ulong)((word >> 5) & 0xFFFF) << shift;
        KnownValue old = this[target];
        switch ((word >> 29) & 3)
        {
            case 0:
                this[target] = KnownValue.Constant(is64 ? ~immediate : (uint)~immediate);
                break;
            case 2:
                this[target] = KnownValue.Constant(immediate);
                break;
            default:
                this[target] = old.Kind == ValueKind.Constant ? KnownValue.Constant((old.Bits & ~(0xFFFFUL << shift)) | immediate) : default;
                break;
        }
    }

    private void ExecuteRegister(uint word)
    {
        bool is64 = word >> 31 != 0;
        uint target = word & 31;
        KnownValue left = this[(word >> 5) & 31];
        KnownValue right = this[(word >> 16) & 31];
        bool isShifted = ((word >> 10) & 63) != 0 || ((word >> 22) & 3) != 0;
        if ((word & 0x1F20_0000) == 0x0A00_0000 && !isShifted)
        {
            uint operation = (word >> 29) & 3;
            if (operation == 1 && ((word >> 5) & 31) == ZeroRegister)
            {
                // MOV.
                this[target] = is64 || right.Kind == ValueKind.Constant ? Narrow(right, is64) : default;
                return;
            }

            Logical(operation, is64, target, left, right, operation == 3);
            return;
        }

        if ((word & 0x1F20_0000) == 0x0B00_0000 && !isShifted)
        {
            Arithmetic(word, is64, target, left, right, (word & 0x2000_0000) != 0);
            return;
        }

        // Anything else writes its target; the flags are written by those with bit 29 and by conditional comparisons, which have no target.
        this[target] = default;
        _flags = -1;
    }

    private void ExecuteMemory(uint word, Func<KnownValue, ulong, KnownValue> load)
    {
        const uint LoadWordAtOffset = 0xF940_0000;
        if ((word & 0xFFC0_0000) == LoadWordAtOffset)
        {
            this[word & 31] = ((word >> 5) & 31) == ZeroRegister ? default : load(this[(word >> 5) & 31], ((word >> 10) & 0xFFF) * sizeof(ulong));
            return;
        }

        bool isPair = (word & 0x3A00_0000) == 0x2800_0000;
        bool isPlain = (word & 0x3A00_0000) is 0x3800_0000 && ((word & 0x0100_0000) != 0 || (word & 0x0020_0000) == 0 || ((word >> 10) & 3) == 2);
        bool isFloating = (word & 0x0400_0000) != 0;
        if (isPair || isPlain)
        {
            bool writesBack = isPair ? ((word >> 23) & 3) is 1 or 3 : (word & 0x0100_0000) == 0 && (word & 0x0020_0000) == 0 && ((word >> 10) & 1) == 1;
            bool isLoad = isPair ? (word & 0x40_0000) != 0 : ((word >> 22) & 3) != 0;
            if (isLoad && !isFloating)
            {
                this[word & 31] = default;
                if (isPair)
                {
                    this[(word >> 10) & 31] = default;
                }
            }

            if (writesBack)
            {
                this[(word >> 5) & 31] = default;
                StackPointer = ((word >> 5) & 31) == ZeroRegister ? default : StackPointer;
            }

            return;
        }

        // Literals, exclusives, ordered accesses, atomics: whatever a field names.
        Forget(word, 0, 5, 10, 16);
    }

    private void ExecuteOther(uint word)
    {
        const uint ReadCorePointer = 0xD538_D080;
        if ((word & 0xFFFF_FFE0) == ReadCorePointer)
        {
            this[word & 31] = new KnownValue(ValueKind.Core, 0);
        }
        else if ((word & 0xFFE0_0000) == 0xD520_0000 || ((word >> 25) & 7) == 7)
        {
            // MRS and SYSL; what moves a floating-point register may move it here.
            this[word & 31] = default;
        }
        else if ((word & 0xFFE0_0000) == 0xD400_0000)
        {
            // HVC and SMC: the firmware keeps x18 to x30 (SMCCC, Arm DEN 0028, 2.7).
            AfterCall();
        }
    }

    private void Forget(uint word, params ReadOnlySpan<int> fields)
    {
        foreach (int field in fields)
        {
            this[(word >> field) & 31] = default;
        }
    }

    private void Arithmetic(uint word, bool is64, uint target, KnownValue left, KnownValue right, bool setsFlags)
    {
        bool subtracts = (word & 0x4000_0000) != 0;
        if (left.Kind != ValueKind.Constant || right.Kind != ValueKind.Constant)
        {
            this[target] = default;
            _flags = setsFlags ? -1 : _flags;
            return;
        }

        ulong a = is64 ? left.Bits : (uint)left.Bits;
        ulong b = is64 ? right.Bits : (uint)right.Bits;
        b = subtracts ? ~b : b;
        b = is64 ? b : (uint)b;
        UInt128 wide = (UInt128)a + b + (subtracts ? 1U : 0);
        ulong result = is64 ? (ulong)wide : (uint)wide;
        if (setsFlags)
        {
            int bits = is64 ? 64 : 32;
            bool carry = wide >> bits != 0;
            bool overflow = (((a ^ result) & (b ^ result)) >> (bits - 1) & 1) != 0;
            SetFlags(result, bits, carry, overflow);
        }

        this[target] = KnownValue.Constant(result);
    }

    private void Logical(uint operation, bool is64, uint target, KnownValue left, KnownValue right, bool setsFlags)
    {
        if (left.Kind != ValueKind.Constant || right.Kind != ValueKind.Constant)
        {
            this[target] = default;
            _flags = setsFlags ? -1 : _flags;
            return;
        }

        ulong result = operation switch
        {
            1 => left.Bits | right.Bits,
            2 => left.Bits ^ right.Bits,
            _ => left.Bits & right.Bits,
        };
        result = is64 ? result : (uint)result;
        if (setsFlags)
        {
            SetFlags(result, is64 ? 64 : 32, false, false);
        }

        this[target] = KnownValue.Constant(result);
    }

    private void SetFlags(ulong result, int bits, bool carry, bool overflow) =>
        _flags = ((result >> (bits - 1) & 1) != 0 ? 8 : 0) | (result == 0 ? 4 : 0) | (carry ? 2 : 0) | (overflow ? 1 : 0);

    private static KnownValue Narrow(KnownValue value, bool is64) => is64 || value.Kind != ValueKind.Constant ? value : KnownValue.Constant((uint)value.Bits);

    // Arm ARM DDI 0487, DecodeBitMasks: a run of ones, rotated, repeated.
    private static ulong LogicalImmediate(uint word, bool is64)
    {
        int length = 31 - BitOperations.LeadingZeroCount((((word >> 22) & 1) << 6) | (~(word >> 10) & 63));
        int size = 1 << length;
        int ones = (int)((word >> 10) & (uint)(size - 1)) + 1;
        int rotation = (int)((word >> 16) & (uint)(size - 1));
        ulong element = ones == 64 ? ulong.MaxValue : (1UL << ones) - 1;
        ulong elementMask = size == 64 ? ulong.MaxValue : (1UL << size) - 1;
        element = ((element >> rotation) | (rotation == 0 ? 0 : element << (size - rotation))) & elementMask;
        ulong result = 0;
        for (int at = 0; at < 64; at += size)
        {
            result |= element << at;
        }

        return is64 ? result : (uint)result;
    }
}
