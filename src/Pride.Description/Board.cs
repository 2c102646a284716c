// A board is data: boards/<name>.json says what the CPU, the memory, the devices and their interrupts are, and how an emulator is started.

using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Text.Json.Serialization;
using Pride.Machine;

namespace Pride.Description;

/// <summary>A run of main memory. Bytes.</summary>
public sealed record BoardMemory(ulong Base, ulong Size);

/// <summary>A device: its registers and interrupt lines.</summary>
/// <param name="Name">The name descriptions use ("uart0").</param>
/// <param name="Compatible">What it is, as a device tree says it ("arm,pl011").</param>
/// <param name="Base">Physical address of the registers.</param>
/// <param name="Size">Length of the registers in bytes.</param>
/// <param name="Interrupts">The interrupt controller's numbers.</param>
/// <param name="Trigger">How the lines signal.</param>
/// <param name="Ports">PCs: the first of its I/O ports.</param>
/// <param name="PortCount">How many it has; 0: none.</param>
/// <param name="Pci">The PCI function that it is, whose registers are put at <paramref name="Base"/>; null: it is none.</param>
/// <param name="Clock">Ticks per second of its clock, where its driver needs to know; 0: not said.</param>
public sealed record BoardDevice(
    string Name,
    string Compatible,
    ulong Base,
    ulong Size,
    IReadOnlyList<uint> Interrupts,
    Trigger Trigger = Trigger.Level,
    ulong Ports = 0,
    ulong PortCount = 0,
    BoardPciFunction? Pci = null,
    ulong Clock = 0)
{
    /// <summary>The first interrupt line.</summary>
    public uint Interrupt => Interrupts.Count > 0
        ? Interrupts[0]
        : throw new SystemDescriptionException("device-interrupt", $"device '{Name}' has no interrupt line", "look it up in boards/");

    /// <summary>Its table of messages lies in the window of its registers, behind them.</summary>
    internal bool HoldsMessageTable => Pci is { Message: { TableSize: not 0 } message } function && message.TableRegister == function.BaseRegister;

    /// <summary>Bytes of its registers that are its driver's: a table of messages is not.</summary>
    internal ulong DriverSize => HoldsMessageTable ? Pci!.Message!.TableBase - Base : Size;
}

/// <summary>A PCI function.</summary>
/// <param name="Bus">Its bus, as the firmware numbers them.</param>
/// <param name="Device">Its device number, 0..31.</param>
/// <param name="Function">Its function number, 0..7.</param>
/// <param name="VendorId">Whose it must be.</param>
/// <param name="DeviceId">What it must be.</param>
/// <param name="BaseRegister">The number of the base address register, 0..5, that stands for the device's registers.</param>
/// <param name="Message">How it signals by messages; null: by its line.</param>
public sealed record BoardPciFunction(
    byte Bus, byte Device, byte Function, ulong VendorId, ulong DeviceId, byte BaseRegister, BoardPciMessage? Message = null);

/// <summary>A message by which a PCI function signals.</summary>
/// <param name="Vector">8..107; each message of a board has its own. (0 to 7 are the numbers of pins.)</param>
/// <param name="TableBase">MSI-X: where its table's registers are put, for the PCI component; 0: MSI.</param>
/// <param name="TableSize">MSI-X: bytes of those registers.</param>
/// <param name="TableRegister">
/// MSI-X: the number of their base address register. If it is the device's own, the table starts at <paramref name="TableBase"/> in the device's
/// window, and the driver has the registers before it.
/// </param>
public sealed record BoardPciMessage(uint Vector, ulong TableBase = 0, ulong TableSize = 0, byte TableRegister = 0);

/// <summary>How the kernel calls the firmware.</summary>
public enum BoardFirmware
{
    /// <summary>There is none, or it stays behind.</summary>
    None,

    /// <summary>Arm PSCI by HVC.</summary>
    PsciHvc,

    /// <summary>Arm PSCI by SMC.</summary>
    PsciSmc,

    /// <summary>RISC-V SBI.</summary>
    Sbi,

    /// <summary>There is none; the boot loader has left the other cores waiting at a table of addresses.</summary>
    SpinTable,
}

/// <summary>An Arm generic interrupt controller.</summary>
/// <param name="Version">2 or 3.</param>
/// <param name="DistributorBase">Physical address of the distributor.</param>
/// <param name="CpuInterfaceBase">Physical address of the GICv2 CPU interface, or of the first GICv3 redistributor.</param>
/// <param name="TimerInterrupt">INTID of the kernel's timer (the virtual timer, PPI 27; of a hypervisor EL1's physical timer, PPI 30).</param>
/// <param name="Virtual">What a hypervisor gives its guests interrupts with.</param>
public sealed record BoardGic(int Version, ulong DistributorBase, ulong CpuInterfaceBase, uint TimerInterrupt, BoardVirtualGic? Virtual = null);

/// <summary>The part of an Arm generic interrupt controller that is for virtual machines.</summary>
/// <param name="MaintenanceInterrupt">INTID by which it calls the hypervisor (PPI 25).</param>
/// <param name="GuestTimerInterrupt">INTID of the guests' timer, the virtual timer (PPI 27).</param>
/// <param name="ControlBase">GICv2: physical address of the virtual interface's control registers (GICH); GICv3's are system registers.</param>
public sealed record BoardVirtualGic(uint MaintenanceInterrupt, uint GuestTimerInterrupt, ulong ControlBase = 0)
{
    /// <summary>Those that the kernel takes.</summary>
    internal IEnumerable<uint> Interrupts => [MaintenanceInterrupt, GuestTimerInterrupt];
}

/// <summary>The interrupt controllers of a Broadcom BCM2836 or BCM2837.</summary>
/// <param name="LocalBase">Physical address of the cores' own part.</param>
/// <param name="DevicesBase">Physical address of the BCM2835's part.</param>
/// <param name="TimerInterrupt">Which bit of a core's sources is the kernel's timer (the virtual timer, 3).</param>
public sealed record BoardBcm2836(ulong LocalBase, ulong DevicesBase, uint TimerInterrupt);

/// <summary>A RISC-V platform-level interrupt controller.</summary>
/// <param name="Base">Physical address of its registers.</param>
/// <param name="FirstContext">The context of hart 0's supervisor mode.</param>
/// <param name="ContextStride">How many contexts further the next hart's is.</param>
/// <param name="FirstHart">The first hart that has supervisor mode: those before it are for firmware alone.</param>
public sealed record BoardPlic(ulong Base, uint FirstContext, uint ContextStride, uint FirstHart = 0);

/// <summary>The interrupt controllers and the reference clock of a PC.</summary>
/// <param name="LocalBase">Physical address of each core's local APIC.</param>
/// <param name="IoBase">Physical address of the IOAPIC.</param>
/// <param name="HpetBase">Physical address of the high-precision event timer.</param>
public sealed record BoardApic(ulong LocalBase, ulong IoBase, ulong HpetBase);

/// <summary>What the kernel itself uses.</summary>
/// <param name="Firmware">How the firmware is called.</param>
/// <param name="Gic">The interrupt controller of Arm boards.</param>
/// <param name="Bcm2836">The interrupt controllers of Broadcom's chips, which have no GIC.</param>
/// <param name="Plic">The interrupt controller of RISC-V boards.</param>
/// <param name="Apic">Those of PCs.</param>
/// <param name="IommuBase">PCs whose <c>Iommu</c> the kernel drives: physical address of its registers.</param>
/// <param name="DebugUartBase">The UART for debug output (on PCs the first I/O port of a 16550); 0: none, or the firmware's console.</param>
/// <param name="DebugUart">Arm: what that UART is compatible with.</param>
/// <param name="SpinTableBase">Firmware <c>SpinTable</c>: physical address of the words in which the cores wait for an address, 8 bytes for each core, core 0's first.</param>
/// <param name="CounterFrequency">Ticks per second of the time counter: needed where the CPU does not say so itself (RISC-V), and for turns of domains in ticks; 0: known only at boot.</param>
/// <param name="SupervisorTimer">RISC-V: harts have stimecmp (Sstc), so that the timer costs no firmware call.</param>
public sealed record BoardKernel(
    BoardFirmware Firmware,
    BoardGic? Gic = null,
    BoardPlic? Plic = null,
    ulong DebugUartBase = 0,
    ulong CounterFrequency = 0,
    bool SupervisorTimer = false,
    BoardApic? Apic = null,
    ulong IommuBase = 0,
    BoardBcm2836? Bcm2836 = null,
    string DebugUart = "arm,pl011",
    ulong SpinTableBase = 0);

/// <summary>How the image is loaded.</summary>
/// <param name="Protocol">"linux-arm64" or "linux-riscv64": Linux's Image header of the architecture; "pvh": an ELF file with a PVH note.</param>
/// <param name="LoadAddress">Physical address at which the loader puts the image: in main memory, a multiple of 2 MiB.</param>
public sealed record BoardBoot(string Protocol, ulong LoadAddress);

/// <summary>
/// How QEMU is started; the placeholders {image}, {forwards}, {disk} and {kernel} are replaced. <c>MicrokitArguments</c> take the place of <c>Arguments</c> for an
/// image of Microkit's tool with the real seL4, whose boards have other memory and loaders; null: Microkit has no such board.
/// </summary>
public sealed record BoardEmulator(
    string Program,
    IReadOnlyList<string> Arguments,
    IReadOnlyList<string> NetworkArguments,
    IReadOnlyList<string> DiskArguments,
    IReadOnlyList<string>? MicrokitArguments = null);

/// <summary>What differs where a board is called as Microkit calls it.</summary>
/// <param name="Names">Microkit's names for it; the last one is without hypervisor, where there are two.</param>
/// <param name="Memory">Main memory of Microkit's board: system descriptions give addresses in it. It starts where the board's own does.</param>
/// <param name="SeveralCores">The board that Microkit's configurations <c>smp-...</c> mean; null: there are none.</param>
/// <param name="EmulatorArguments">What the emulator is told, after the board's own arguments, to have that memory and what else programs presume there.</param>
/// <param name="NetworkArguments">Takes the place of the emulator's own, where descriptions made with sDDF have the network device at another place; null: they have not.</param>
/// <param name="DiskArguments">The same of the disk.</param>
/// <param name="LoadAddress">Where Microkit's users load images (its manual, the board's chapter): Pride's are for another place and can be moved there. 0: there is no such place.</param>
public sealed record MicrokitBoard(
    IReadOnlyList<string> Names,
    IReadOnlyList<BoardMemory> Memory,
    IReadOnlyList<string> EmulatorArguments,
    string? SeveralCores = null,
    IReadOnlyList<string>? NetworkArguments = null,
    IReadOnlyList<string>? DiskArguments = null,
    ulong LoadAddress = 0)
{
    /// <summary>The one of <see cref="Names"/> by which this board was asked for; null: it was by Pride's.</summary>
    [JsonIgnore]
    public string? CalledAs { get; init; }
}

/// <summary>
/// A board. <c>DmaCoherent</c>: devices see the CPUs' caches, so that drivers' side of cache maintenance is left out.
/// <c>Hypervisor</c>: the kernel runs virtual machines here. <c>Iommu</c>: it drives the IOMMU. <c>Microkit</c>: the same board with Microkit; null: it has none like it.
/// </summary>
public sealed record Board(
    string Name,
    string Description,
    Architecture Architecture,
    string Cpu,
    int Cores,
    IReadOnlyList<BoardMemory> Memory,
    IReadOnlyList<BoardDevice> Devices,
    BoardKernel Kernel,
    BoardBoot Boot,
    BoardEmulator Emulator,
    bool DmaCoherent = false,
    bool Hypervisor = false,
    bool Iommu = false,
    MicrokitBoard? Microkit = null)
{
    private static readonly JsonSerializerOptions s_json = new()
    {
        PropertyNameCaseInsensitive = true,
        AllowTrailingCommas = true,
        ReadCommentHandling = JsonCommentHandling.Skip,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
        Converters = { new JsonStringEnumConverter(), new AddressConverter() },
    };

    /// <summary>The largest run of memory: the image's.</summary>
    public BoardMemory MainMemory => Memory.OrderByDescending(m => m.Size).First();

    /// <summary>How many bytes above the place that the image is built for this board's main memory, and the image in it, lie (<see cref="MovedBy"/>).</summary>
    [JsonIgnore]
    public ulong Moved { get; init; }

    /// <summary>The same board, but for its main memory, with the image in it, which lies <paramref name="bytes"/> higher (a difference modulo 2^64). Devices stay.</summary>
    public Board MovedBy(ulong bytes)
    {
        BoardMemory main = MainMemory;
        return this with
        {
            Memory = [.. Memory.Select(m => ReferenceEquals(m, main) ? m with { Base = m.Base + bytes } : m)],
            Boot = Boot with { LoadAddress = Boot.LoadAddress + bytes },
            Moved = Moved + bytes,
        };
    }

    /// <summary>The device called <paramref name="name"/>.</summary>
    public BoardDevice Device(string name) => Devices.FirstOrDefault(d => d.Name == name) ?? throw new SystemDescriptionException(
        "board-device",
        $"board '{Name}' has no device '{name}'",
        $"use one of: {string.Join(", ", Devices.Select(d => d.Name))}");

    /// <summary>True when the board has a device called <paramref name="name"/>.</summary>
    public bool Has(string name) => Devices.Any(d => d.Name == name);

    /// <summary>Core <paramref name="wanted"/> where the board has so many, else core 0: for descriptions that spread their PDs over what there is.</summary>
    public int CoreOrFirst(int wanted) => wanted < Cores ? wanted : 0;

    /// <summary>
    /// The same board, whose emulator puts network device and disk where a description that maps <paramref name="regions"/> has their registers:
    /// at this board's own places, or else at those of descriptions made with sDDF.
    /// </summary>
    public Board WithDevicesFor(IEnumerable<MemoryRegion> regions)
    {
        bool IsOwn(string name) => Has(name) && Device(name).Base is var at && regions.Any(r => r.FixedPhysicalAddress <= at && at - r.FixedPhysicalAddress < r.Size);
        return this with
        {
            Emulator = Emulator with
            {
                NetworkArguments = IsOwn("net0") ? Emulator.NetworkArguments : Microkit?.NetworkArguments ?? Emulator.NetworkArguments,
                DiskArguments = IsOwn("blk0") ? Emulator.DiskArguments : Microkit?.DiskArguments ?? Emulator.DiskArguments,
            },
        };
    }

    /// <summary>Every device of one kind, in the board's order.</summary>
    public IEnumerable<BoardDevice> DevicesCompatible(string compatible) => Devices.Where(d => d.Compatible == compatible);

    /// <summary>Reads a board from its JSON text.</summary>
    /// <exception cref="InvalidDataException">The text is not a board; the message says where.</exception>
    public static Board Parse(string json, string origin)
    {
        try
        {
            Board board = JsonSerializer.Deserialize<Board>(json, s_json) ?? throw new JsonException("empty");
            if (board.Memory.Count == 0 || board.Cores < 1)
            {
                throw new JsonException("a board needs memory and at least one core");
            }

            return board;
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{origin}: {e.Message}", e);
        }
    }

    /// <summary>Reads boards/<paramref name="name"/>.json under <paramref name="root"/>, or the board that Microkit calls so, with the memory it has there.</summary>
    /// <param name="root">The repository's folder.</param>
    /// <param name="name">Pride's name or Microkit's.</param>
    /// <param name="severalCores">Of a name of Microkit's the board with several cores.</param>
    /// <exception cref="InvalidDataException">There is no such board, or the file is wrong.</exception>
    public static Board Load(string root, string name, bool severalCores = false)
    {
        string folder = Path.Combine(root, "boards");
        string path = Path.Combine(folder, name + ".json");
        if (File.Exists(path))
        {
            Board own = Parse(File.ReadAllText(path), path);
            return own.Microkit is null && own.Cores > 1 && All(folder).Find(b => b.Microkit?.SeveralCores == name) is { } single ? own.WithMicrokitOf(single) : own;
        }

        List<Board> boards = All(folder);
        Board? board = boards.Find(b => b.Microkit?.Names.Contains(name) ?? false);
        return board?.Microkit is { } microkit
            ? (severalCores ? SeveralCores(boards, name, microkit) : board).With(microkit with { CalledAs = name })
            : throw new InvalidDataException(
                $"there is no board '{name}'; the boards are: {string.Join(", ", boards.Select(b => b.Name))}; "
                + $"those that Microkit has too: {string.Join(", ", boards.SelectMany(b => b.Microkit?.Names ?? []))}. "
                + "A new board is a file in boards/: docs/boards.md, \"A new board, step by step\"");
    }

    private static List<Board> All(string folder) =>
        [.. Directory.EnumerateFiles(folder, "*.json").Order(StringComparer.Ordinal).Select(f => Parse(File.ReadAllText(f), f))];

    // To Microkit both are one board, in configurations of their own.
    private Board WithMicrokitOf(Board single)
    {
        const string CountOfCores = "-smp";
        List<string>? arguments = single.Emulator.MicrokitArguments?.ToList();
        if (arguments is not null)
        {
            arguments[arguments.IndexOf(CountOfCores) + 1] = Cores.ToString(CultureInfo.InvariantCulture);
        }

        return this with { Microkit = single.Microkit, Emulator = Emulator with { MicrokitArguments = arguments } };
    }

    private static Board SeveralCores(List<Board> boards, string name, MicrokitBoard microkit) =>
        boards.Find(b => b.Name == microkit.SeveralCores) ?? throw new InvalidDataException($"'{name}' has no board with several cores");

    private Board With(MicrokitBoard microkit) => this with
    {
        Memory = microkit.Memory,
        Emulator = Emulator with { Arguments = [.. Emulator.Arguments, .. microkit.EmulatorArguments] },
        Microkit = microkit,
    };

    /// <summary>Addresses are written as "0x..." strings, since JSON has no hexadecimal numbers.</summary>
    private sealed class AddressConverter : JsonConverter<ulong>
    {
        public override ulong Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            if (reader.TokenType == JsonTokenType.Number)
            {
                return reader.GetUInt64();
            }

            string text = reader.GetString() ?? string.Empty;
            return text.StartsWith("0x", StringComparison.Ordinal)
                && ulong.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong value)
                ? value
                : throw new JsonException($"'{text}' is not an address; write it as 0x...");
        }

        public override void Write(Utf8JsonWriter writer, ulong value, JsonSerializerOptions options) =>
            writer.WriteStringValue($"0x{value:x}");
    }
}
