// The IOMMU (Intel VT-d 4.1, chapter 11): a device reaches what its tables map, which the image builder made, and a device without tables reaches
// nothing. What is refused is counted, and the first refusals are named on the console.

using System.Threading;
using Pride.Kernel.Objects;
using Pride.Machine;

namespace Pride.Kernel.X64;

/// <summary>The first DMA remapping unit.</summary>
internal static unsafe class Iommu
{
    // Registers (VT-d 4.1, 11.4).
    private const ulong Capability = 0x08;
    private const ulong ExtendedCapability = 0x10;
    private const ulong GlobalCommand = 0x18;
    private const ulong GlobalStatus = 0x1C;
    private const ulong RootTable = 0x20;
    private const ulong ContextCommand = 0x28;
    private const ulong FaultStatus = 0x34;
    private const ulong FaultControl = 0x38;
    private const ulong FaultData = 0x3C;
    private const ulong FaultAddress = 0x40;
    private const ulong FaultUpperAddress = 0x44;

    // Commands and the status bits that answer them.
    private const uint SetRootTable = 1U << 30;
    private const uint FlushWriteBuffer = 1U << 27;
    private const uint EnableTranslation = 1U << 31;

    // Invalidating everything: the context cache by its command, the translations by a register at an offset that the capability names.
    private const ulong InvalidateContexts = (1UL << 63) | (1UL << 61);
    private const ulong InvalidateTranslations = (1UL << 63) | (1UL << 60);
    private const ulong InvalidationPending = 1UL << 63;
    private const ulong InvalidateRegister = 8;

    // Capabilities: tables of three levels; large pages of 2 MiB; a write buffer; where fault records are, in 16 bytes, and how many.
    private const ulong HasThreeLevels = 1UL << 9;
    private const ulong HasLargePages = 1UL << 34;
    private const ulong HasWriteBuffer = 1UL << 4;
    private const int RecordOffsetShift = 24;
    private const int RecordCountShift = 40;
    private const int TranslationOffsetShift = 8;
    private const ulong RecordBytes = 16;

    // A fault record: the page; source, reason, kind and validity in the second word.
    private const ulong RecordIsValid = 1UL << 63;
    private const ulong RecordIsRead = 1UL << 62;
    private const int ReasonShift = 32;
    private const uint AllFaultStatus = 0x7F;

    /// <summary>Refusals that are named; the rest are counted alone, because a device may be refused without end.</summary>
    private const ulong NamedRefusals = 16;
    private const int AnswerLimit = 1_000_000;

    /// <summary>Turns translation on. The tables never change, so this is the only time that anything is invalidated.</summary>
    public static void Initialise(BootInfo* boot)
    {
        if (boot->IommuRegisters == 0)
        {
            return;
        }

        ulong capability = Read64(boot, Capability);
        if ((capability & (HasThreeLevels | HasLargePages)) != (HasThreeLevels | HasLargePages))
        {
            Kernel<X64Machine>.Panic(boot, "the IOMMU is not there, or has no tables of three levels with pages of 2 MiB"u8);
        }

        // The unit may read the tables past the caches.
        X64Instructions.WriteBackCaches();
        if ((capability & HasWriteBuffer) != 0)
        {
            Command(boot, FlushWriteBuffer, isSet: false);
        }

        Write64(boot, RootTable, boot->IommuRoot);
        Command(boot, SetRootTable, isSet: true);
        Write64(boot, ContextCommand, InvalidateContexts);
        Await(boot, ContextCommand);
        ulong translations = (((Read64(boot, ExtendedCapability) >> TranslationOffsetShift) & 0x3FF) * RecordBytes) + InvalidateRegister;
        Write64(boot, translations, InvalidateTranslations);
        Await(boot, translations);

        Write32(boot, FaultData, X64Interrupts.IommuVector);
        Write32(boot, FaultAddress, (uint)Abi.X64Messages.Address(0));
        Write32(boot, FaultUpperAddress, 0);
        Write32(boot, FaultControl, 0);
        Command(boot, EnableTranslation, isSet: true);
    }

    /// <summary>Takes all refusals that the unit has noted.</summary>
    public static void TakeRefusals(BootInfo* boot)
    {
        ulong capability = Read64(boot, Capability);
        ulong record = ((capability >> RecordOffsetShift) & 0x3FF) * RecordBytes;
        ulong count = ((capability >> RecordCountShift) & 0xFF) + 1;
        for (ulong i = 0; i < count; i++, record += RecordBytes)
        {
            ulong what = Read64(boot, record + sizeof(ulong));
            if ((what & RecordIsValid) != 0)
            {
                Report(boot, what, Read64(boot, record));
                Write64(boot, record + sizeof(ulong), RecordIsValid);
            }
        }

        Write32(boot, FaultStatus, AllFaultStatus);
    }

    private static void Report(BootInfo* boot, ulong what, ulong page)
    {
        if (Interlocked.Increment(ref boot->Statistics->DmaRefusals) > NamedRefusals)
        {
            return;
        }

        Kernel<X64Machine>.PrintString(boot, "kernel: the IOMMU refuses PCI function "u8);
        Kernel<X64Machine>.PrintHex(boot, what & 0xFFFF);
        Kernel<X64Machine>.PrintString(boot, (what & RecordIsRead) != 0 ? " a read at "u8 : " a write at "u8);
        Kernel<X64Machine>.PrintHex(boot, page);
        Kernel<X64Machine>.PrintString(boot, ", reason "u8);
        Kernel<X64Machine>.PrintHex(boot, (what >> ReasonShift) & 0xFF);
        Kernel<X64Machine>.PrintString(boot, "\n"u8);
    }

    private static void Command(BootInfo* boot, uint command, bool isSet)
    {
        Write32(boot, GlobalCommand, command);
        for (int i = 0; i < AnswerLimit; i++)
        {
            if (((Read32(boot, GlobalStatus) & command) != 0) == isSet)
            {
                return;
            }
        }

        Kernel<X64Machine>.Panic(boot, "the IOMMU does not answer a command"u8);
    }

    private static void Await(BootInfo* boot, ulong register)
    {
        for (int i = 0; i < AnswerLimit; i++)
        {
            if ((Read64(boot, register) & InvalidationPending) == 0)
            {
                return;
            }
        }

        Kernel<X64Machine>.Panic(boot, "the IOMMU does not finish an invalidation"u8);
    }

    private static uint Read32(BootInfo* boot, ulong register) => Mmio.Access.Load32((nuint)(boot->IommuRegisters + register));

    private static ulong Read64(BootInfo* boot, ulong register) => Mmio.Access.Load64((nuint)(boot->IommuRegisters + register));

    private static void Write32(BootInfo* boot, ulong register, uint value) => Mmio.Access.Store32((nuint)(boot->IommuRegisters + register), value);

    private static void Write64(BootInfo* boot, ulong register, ulong value) => Mmio.Access.Store64((nuint)(boot->IommuRegisters + register), value);
}
