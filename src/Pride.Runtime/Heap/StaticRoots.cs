// The compiler's tables of static roots, reached by symbol: they exist only in compiled images.

using System.Runtime.InteropServices;

namespace Pride.Runtime.Heap;

/// <summary>The compiler's tables of static roots, by symbol.</summary>
internal static unsafe class StaticRoots
{
    public static void* Slots => (delegate*<void>)&SlotTable;

    public static nuint SlotCount => *(nuint*)(delegate*<void>)&SlotTableCount;

    public static void* Objects => (delegate*<void>)&ObjectTable;

    public static nuint ObjectCount => *(nuint*)(delegate*<void>)&ObjectTableCount;

    [DllImport("*", EntryPoint = "pride_static_slots")]
    private static extern void SlotTable();

    [DllImport("*", EntryPoint = "pride_static_slots_count")]
    private static extern void SlotTableCount();

    [DllImport("*", EntryPoint = "pride_static_objects")]
    private static extern void ObjectTable();

    [DllImport("*", EntryPoint = "pride_static_objects_count")]
    private static extern void ObjectTableCount();
}
