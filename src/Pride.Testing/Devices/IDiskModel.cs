// What every model of a disk lets a test do.

namespace Pride.Testing.Devices;

/// <summary>A disk over an array of bytes.</summary>
public interface IDiskModel
{
    /// <summary>The line that the device drives.</summary>
    TestInterrupt? Interrupt { get; set; }

    /// <summary>False: there is none.</summary>
    bool IsPresent { get; set; }

    /// <summary>True: requests stay with the device until <see cref="Work"/>.</summary>
    bool HoldsRequests { get; set; }

    /// <summary>So many of the next requests fail with an error.</summary>
    int FailNext { get; set; }

    /// <summary>Flush requests seen.</summary>
    int Flushes { get; }

    /// <summary>Does everything that waits; at most <paramref name="limit"/> requests.</summary>
    void Work(int limit = int.MaxValue);
}
