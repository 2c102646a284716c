// The releases of seL4 Microkit whose binary interface or description format differs from the one before.

namespace Pride.Abi;

/// <summary>Releases of Microkit; 2.0 stands for 2.0.1 too.</summary>
public enum MicrokitRelease
{
    V20,
    V21,
    V22,
    V23,
}

/// <summary>How releases are written.</summary>
public static class MicrokitReleases
{
    /// <summary>"2.0" to "2.3", the oldest first.</summary>
    public static readonly string[] Names = ["2.0", "2.1", "2.2", "2.3"];

    /// <summary>"2.0" to "2.3".</summary>
    public static string Name(this MicrokitRelease release) => Names[(int)release];

    /// <summary>The release that <paramref name="version"/> ("2.3", "2.3.0", "2.3.0-dev.5+abc") belongs to; null: none of these.</summary>
    public static MicrokitRelease? Parse(string version)
    {
        for (int i = 0; i < Names.Length; i++)
        {
            if (version == Names[i] || version.StartsWith(Names[i] + ".", System.StringComparison.Ordinal))
            {
                return (MicrokitRelease)i;
            }
        }

        return null;
    }
}
