// How programs of a PC know on the real seL4 how fast its time counter runs, which Pride's kernel writes into them: they look it up in a page.
//
// Since 2.3 Microkit's tool fills the page with what seL4 measured. Before, the driver of the system's HPET measures the counter and writes the page
// (Pride.Machine.CpuCounter), before any PD of lower priority on its core runs. Or whoever exports says the rate, and there is no page.

using System.Linq;
using Pride.Abi;
using Pride.Drivers.Timer;
using Pride.Machine;

namespace Pride.Description.Sdf;

/// <summary>Where the counter's rate comes from.</summary>
/// <param name="HasPage">Every C# PD has <see cref="PdLayout.ClockPage"/>.</param>
/// <param name="Measurer">The PD that fills it; null: Microkit's tool does.</param>
/// <param name="Hertz">The rate that was given; 0: none.</param>
public sealed record SdfClock(bool HasPage = false, Pd? Measurer = null, ulong Hertz = 0)
{
    /// <summary>For machines other than a PC, whose programs know the rate.</summary>
    public static SdfClock None { get; } = new();

    /// <summary>The clock of <paramref name="system"/> under <paramref name="release"/>; <paramref name="hertz"/>, when not 0, is the rate itself.</summary>
    public static SdfClock Of(SystemBuilder system, MicrokitRelease release, ulong hertz = 0)
    {
        if (system.Board.Architecture != Architecture.X64)
        {
            return None;
        }

        Pd? measurer = system.Pds.FirstOrDefault(pd => pd.ComponentType == typeof(HpetTimer));
        return hertz != 0 ? new SdfClock(Hertz: hertz) : release >= MicrokitRelease.V23 ? new SdfClock(HasPage: true) : new SdfClock(measurer is not null, measurer);
    }

    /// <summary>True: <paramref name="pd"/> has the page.</summary>
    public bool HasPageIn(Pd? pd) => HasPage && pd?.ComponentType is not null;

    /// <summary>True: <paramref name="pd"/>, which reads the clock, may run before the rate is known, or it never is.</summary>
    public bool IsUnknownTo(Pd pd) => Hertz == 0
        && (!HasPage || (Measurer is not null && pd != Measurer && (pd.Options.Priority >= Measurer.Options.Priority || pd.Options.Core != Measurer.Options.Core)));
}
