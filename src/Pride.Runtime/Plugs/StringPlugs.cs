// Strings: allocation. Interning is the identity: literals are merged when the image is compiled.

using System;
using Pride.Machine;
using Pride.Runtime.ObjectModel;

namespace Pride.Runtime.Plugs;

[Plug(typeof(string))]
internal static unsafe class StringPlugs
{
    public static string FastAllocateString(nint length) => (string)ObjectLayout.ObjectAt(Allocator.NewString((int)length));

    public static string Intern(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text;
    }

    public static string? IsInterned(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text;
    }
}
