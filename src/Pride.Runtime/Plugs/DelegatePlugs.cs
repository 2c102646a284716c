// Delegates: equality by target and code, and the code that calls every target. Combine and Remove are CoreLib's.

using System;
using System.Runtime.CompilerServices;
using Pride.Machine;
using Pride.Runtime.ObjectModel;

namespace Pride.Runtime.Plugs;

[Plug(typeof(Delegate))]
internal static unsafe class DelegatePlugs
{
    public static nint GetMulticastInvoke(Delegate self) => (nint)ObjectLayout.MethodTableOf(self)->Detail;

    public static bool InternalEqualTypes(object a, object b) => ObjectLayout.MethodTableOf(a) == ObjectLayout.MethodTableOf(b);

    public static bool Equals(Delegate self, object? obj) =>
        obj is Delegate other
        && InternalEqualTypes(self, other)
        && ReferenceEquals(TargetOf(self), TargetOf(other))
        && CodeOf(self) == CodeOf(other);

    public static int GetHashCode(Delegate self) => CodeOf(self).GetHashCode() ^ RuntimeHelpersPlugs.GetHashCode(TargetOf(self));

    [PlugMethod("GetTarget")]
    public static object? GetTarget(Delegate self) => TargetOf(self);

    [NotAPlug]
    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_target")]
    internal static extern ref object? TargetOf(Delegate value);

    [NotAPlug]
    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_methodPtr")]
    internal static extern ref nint CodeOf(Delegate value);
}

[Plug(typeof(MulticastDelegate))]
internal static class MulticastDelegatePlugs
{
    public static bool Equals(MulticastDelegate self, object? obj)
    {
        if (!DelegatePlugs.Equals(self, obj))
        {
            return false;
        }

        nint count = CountOf(self);
        MulticastDelegate other = (MulticastDelegate)obj!;
        if (count != CountOf(other))
        {
            return false;
        }

        if (ListOf(self) is not object[] mine || ListOf(other) is not object[] theirs)
        {
            return true;
        }

        for (nint i = 0; i < count; i++)
        {
            if (!Equals(mine[i], theirs[i]))
            {
                return false;
            }
        }

        return true;
    }

    public static int GetHashCode(MulticastDelegate self)
    {
        if (ListOf(self) is not object[] list)
        {
            return DelegatePlugs.GetHashCode(self);
        }

        int hash = 0;
        for (nint i = 0; i < CountOf(self); i++)
        {
            hash = (hash * 33) + list[i].GetHashCode();
        }

        return hash;
    }

    public static bool IsUnmanagedFunctionPtr(MulticastDelegate self) => false;

    public static bool InvocationListLogicallyNull(MulticastDelegate self) => ListOf(self) is not object[];

    public static object? GetTarget(MulticastDelegate self) =>
        ListOf(self) is object[] list ? DelegatePlugs.TargetOf((Delegate)list[CountOf(self) - 1]) : DelegatePlugs.TargetOf(self);

    [NotAPlug]
    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_invocationList")]
    private static extern ref object? ListOf(MulticastDelegate value);

    [NotAPlug]
    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_invocationCount")]
    private static extern ref nint CountOf(MulticastDelegate value);
}
