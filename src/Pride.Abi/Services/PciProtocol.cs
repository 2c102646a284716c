// PCI: protected procedure calls of drivers to the component that owns configuration space. Pride's own; sDDF has no such class.
//
// A channel stands for one function (a device's registers, in PCI's words): its driver reads that function's configuration space and no other's,
// and writes none of it.

namespace Pride.Abi.Services;

/// <summary>Labels of the calls that the PCI component serves.</summary>
public static class PciProtocol
{
    /// <summary>
    /// No argument. Gives the function its registers where the description says, lets it answer there and read and write memory, and has it
    /// signal by its line or by messages. The reply's word 0 is a <see cref="PciStatus"/>, word 1 the number of the base address register of the
    /// window, word 2 a <see cref="PciSignal"/>.
    /// </summary>
    public const ulong Open = 0;

    /// <summary>Word 0: an offset in configuration space, a multiple of 4. The reply's word 0 is the 32 bits there; no word when the offset is wrong or no function is there.</summary>
    public const ulong Read = 1;
}

/// <summary>How a function signals.</summary>
public enum PciSignal : ulong
{
    /// <summary>By its line.</summary>
    Line = 0,

    /// <summary>By a message (MSI), which needs no line and no acknowledgement.</summary>
    Message = 1,

    /// <summary>By the first of its table's messages (MSI-X): the device is to be told to use that one.</summary>
    TableMessage = 2,
}

/// <summary>What became of opening a function.</summary>
public enum PciStatus : ulong
{
    /// <summary>It answers at its window.</summary>
    Ready = 0,

    /// <summary>Nothing answers where configuration space should be.</summary>
    NoConfigurationSpace = 1,

    /// <summary>The place is empty.</summary>
    Absent = 2,

    /// <summary>There is a function, of another vendor or kind than the description says.</summary>
    OtherDevice = 3,

    /// <summary>Its base address register asks for another size, or for other addresses, than the description's window has.</summary>
    OtherWindow = 4,

    /// <summary>It has no interrupt line, or no messages, as the description wants them.</summary>
    NoInterrupt = 5,
}
