// irq: an interrupt of a PD, in its three forms: a number (Arm, RISC-V), an I/O APIC's pin or a PCI message (x86).

using System.Globalization;
using System.Text.RegularExpressions;

namespace Pride.Description.Sdf;

internal static partial class IrqElement
{
    private const byte LastPciDevice = 31;
    private const byte LastPciFunction = 7;

    public static InterruptBinding Read(SdfElement element)
    {
        InterruptBinding binding = element switch
        {
            _ when element.Text("pin") is not null => ReadPin(element),
            _ when element.Text("pcidev") is not null => ReadMessage(element),
            _ => ReadLine(element),
        };
        return binding with { IdVariable = element.Symbol("setvar_id"), Origin = element.Origin };
    }

    /// <summary>BUS:DEVICE.FUNCTION in hexadecimal; null and a problem when it is something else.</summary>
    public static PciAddress? ReadPciAddress(SdfElement element, string attribute)
    {
        if (element.RequiredText(attribute) is not { } text)
        {
            return null;
        }

        Match match = PciPattern().Match(text);
        if (!match.Success
            || !byte.TryParse(match.Groups[1].ValueSpan, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte bus)
            || !byte.TryParse(match.Groups[2].ValueSpan, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte device)
            || !byte.TryParse(match.Groups[3].ValueSpan, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte function)
            || device > LastPciDevice || function > LastPciFunction)
        {
            element.Problem(
                "pci-address", $"{attribute}=\"{text}\" is not the address of a PCI function", "write BUS:DEVICE.FUNCTION in hexadecimal, up to ff:1f.7, for example 01:1f.2");
            return null;
        }

        return new PciAddress(bus, device, function);
    }

    private static InterruptBinding ReadLine(SdfElement element)
    {
        element.Expect(["irq", "id", "trigger", "setvar_id"], []);
        uint number = (uint)element.RequiredNumber("irq", uint.MaxValue);
        return new InterruptBinding(number, element.RequiredId("id"), ReadTrigger(element));
    }

    private static InterruptBinding ReadPin(SdfElement element)
    {
        element.Expect(["id", "pin", "vector", "ioapic", "trigger", "polarity", "setvar_id"], []);
        Polarity polarity = element.Choice("polarity", Polarity.High, ("high", Polarity.High), ("low", Polarity.Low));
        IoApicPin pin = new(element.Number("ioapic") ?? 0, element.RequiredNumber("pin"), polarity);
        return new InterruptBinding(Vector(element), element.RequiredId("id"), ReadTrigger(element)) { Source = pin };
    }

    private static InterruptBinding ReadMessage(SdfElement element)
    {
        element.Expect(["id", "pcidev", "handle", "vector", "setvar_id"], []);
        MessageSignalled message = new(ReadPciAddress(element, "pcidev") ?? default, element.RequiredNumber("handle"));
        return new InterruptBinding(Vector(element), element.RequiredId("id"), Trigger.Edge) { Source = message };
    }

    private static uint Vector(SdfElement element) => (uint)element.RequiredNumber("vector", uint.MaxValue);

    private static Trigger ReadTrigger(SdfElement element) => element.Choice("trigger", Trigger.Level, ("level", Trigger.Level), ("edge", Trigger.Edge));

    [GeneratedRegex("^([0-9a-fA-F]{1,2}):([0-9a-fA-F]{1,2})\\.([0-9a-fA-F])$")]
    private static partial Regex PciPattern();
}
