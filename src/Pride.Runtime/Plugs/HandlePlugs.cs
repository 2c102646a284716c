// GCHandle, WeakReference (which is built on it) and DependentHandle over the heap's handle table.

using System.Runtime;
using System.Runtime.InteropServices;
using Pride.Machine;
using Pride.Runtime.Heap;
using Pride.Runtime.ObjectModel;

namespace Pride.Runtime.Plugs;

[Plug(typeof(GCHandle))]
internal static unsafe class GCHandlePlugs
{
    public static nint InternalAlloc(object? value, GCHandleType type) =>
        (nint)HandleTable.Allocate(
            value,
            type switch
            {
                GCHandleType.Weak => HandleTable.HandleKind.Weak,
                GCHandleType.WeakTrackResurrection => HandleTable.HandleKind.WeakTrackingResurrection,
                _ => HandleTable.HandleKind.Strong,
            });

    public static void InternalFree(nint handle) => HandleTable.Free((nint*)handle);

    public static void InternalSet(nint handle, object? value) => *(byte**)handle = ObjectLayout.AddressOf(value);

    public static object? InternalCompareExchange(nint handle, object? value, object? oldValue)
    {
        byte* old = *(byte**)handle;
        if (old == ObjectLayout.AddressOf(oldValue))
        {
            *(byte**)handle = ObjectLayout.AddressOf(value);
        }

        return old == null ? null : ObjectLayout.ObjectAt(old);
    }
}

[Plug(typeof(DependentHandle))]
internal static unsafe class DependentHandlePlugs
{
    public static nint InternalAlloc(object? target, object? dependent)
    {
        nint* slot = HandleTable.Allocate(target, HandleTable.HandleKind.DependentPair);
        HandleTable.DependentOf(slot) = (nint)ObjectLayout.AddressOf(dependent);
        return (nint)slot;
    }

    public static nint InternalAllocWithGCTransition(object? target, object? dependent) => InternalAlloc(target, dependent);

    public static object? InternalGetDependent(nint dependentHandle) => At(HandleTable.DependentOf((nint*)dependentHandle));

    public static object? InternalGetTargetAndDependent(nint dependentHandle, out object? dependent)
    {
        dependent = At(HandleTable.DependentOf((nint*)dependentHandle));
        return At(*(nint*)dependentHandle);
    }

    public static void InternalSetDependent(nint dependentHandle, object? dependent) =>
        HandleTable.DependentOf((nint*)dependentHandle) = (nint)ObjectLayout.AddressOf(dependent);

    public static void InternalSetTargetToNull(nint dependentHandle) => *(nint*)dependentHandle = 0;

    public static void InternalFreeWithGCTransition(nint dependentHandle) => InternalFree(dependentHandle);

    public static bool InternalFree(nint dependentHandle)
    {
        HandleTable.Free((nint*)dependentHandle);
        return true;
    }

    [NotAPlug]
    private static object? At(nint address) => address == 0 ? null : ObjectLayout.ObjectAt((byte*)address);
}
