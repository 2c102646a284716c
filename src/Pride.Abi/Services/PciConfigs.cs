// Configuration of the PCI component: which functions are driven, where their registers go, and by which channel each driver calls.

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Pride.Machine;

namespace Pride.Abi.Services;

/// <summary>A function that a driver has, 72 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct PciFunctionConfig
{
    /// <summary>Where its registers go. Bytes, as the CPU addresses them.</summary>
    public ulong WindowBase;

    /// <summary>Bytes, a power of two.</summary>
    public ulong WindowSize;

    /// <summary>Bus in bits 15..8, device in 7..3, function in 2..0: how configuration space is ordered.</summary>
    public ushort Place;

    public ushort Vendor;
    public ushort Device;

    /// <summary>Number of the base address register that stands for the window, 0..5.</summary>
    public byte WindowRegister;

    /// <summary>Channel id of its driver.</summary>
    public byte ChannelId;

    /// <summary>What it writes to signal; 0: it signals by its line.</summary>
    public uint MessageData;

    /// <summary>Where it writes that.</summary>
    public ulong MessageAddress;

    /// <summary>MSI-X: its table of messages, and where that goes as the CPU addresses it; empty for MSI.</summary>
    public Region MessageTable;
    public ulong MessageTableBase;

    /// <summary>Number of the base address register that stands for the table.</summary>
    public byte MessageRegister;
}

/// <summary>The functions, and how many.</summary>
[ConfigurationSection(".pci_config")]
[StructLayout(LayoutKind.Sequential)]
public struct PciConfig
{
    /// <summary>As many as the PCI component has channels for, and more than a board names.</summary>
    public const int MaximumFunctions = 32;

    public ulong FunctionCount;
    public FunctionArray Functions;

    [InlineArray(MaximumFunctions)]
    public struct FunctionArray
    {
        private PciFunctionConfig _first;
    }
}
