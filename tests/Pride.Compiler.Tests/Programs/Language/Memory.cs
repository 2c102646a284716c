// Weak references, finalizers, resurrection, dependent handles, GC handles, and a heap that is filled to its end.
using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
namespace Programs;

public static class Memory
{
    private static int s_finalized; private static Phoenix? s_phoenix; private static readonly List<string> s_log = [];
    private class Watched(string name) { public string Name => name; ~Watched() { s_finalized++; s_log.Add(name); } }
    private sealed class Quiet : Watched { public Quiet() : base("quiet") => GC.SuppressFinalize(this); }
    private sealed class Child(string name) : Watched(name) { ~Child() => s_log.Add("child"); }
    private sealed class Phoenix { public int Lives; ~Phoenix() { if (Lives++ == 0) { s_phoenix = this; GC.ReRegisterForFinalize(this); } s_finalized++; } }
    private sealed class Payload { public byte[] Bytes = new byte[1000]; }
    [MethodImpl(MethodImplOptions.NoInlining)] private static WeakReference<Payload>[] Weak() { WeakReference<Payload>[] made = new WeakReference<Payload>[20]; for (int i = 0; i < made.Length; i++) { made[i] = new(new Payload()); } s_kept = new Payload(); made[19].SetTarget(s_kept); return made; }
    // A conservative scan may keep a few that nothing refers to any more.
    private static bool MostAreGone(WeakReference<Payload>[] weak) { int gone = 0; foreach (WeakReference<Payload> w in weak) { gone += w.TryGetTarget(out _) ? 0 : 1; } return gone is > 10 and < 20; }
    [MethodImpl(MethodImplOptions.NoInlining)] private static void Make() { for (int i = 0; i < 3; i++) { _ = new Watched("w"); } _ = new Quiet(); _ = new Child("c"); _ = new Phoenix(); }
    [MethodImpl(MethodImplOptions.NoInlining)] private static void Attach(ConditionalWeakTable<object, Payload> table, object key) => table.Add(key, new Payload());
    // Old frames hold old references for a conservative scan; this overwrites them.
    [MethodImpl(MethodImplOptions.NoInlining)] private static int Scrub(int depth) { Span<long> words = stackalloc long[256]; words.Clear(); return depth == 0 ? (int)words[3] : Scrub(depth - 1) + (int)words[7]; }
    private static void Collect() { Scrub(8); GC.Collect(); GC.WaitForPendingFinalizers(); }
    private static Payload? s_kept;
    public static void Main()
    {
        WeakReference<Payload>[] weak = Weak();
        Collect();
        Console.WriteLine(MostAreGone(weak) + " " + weak[19].TryGetTarget(out Payload? p) + " " + p!.Bytes.Length);
        Make(); Collect();
        s_log.Sort(StringComparer.Ordinal);
        Console.WriteLine(s_finalized + " " + string.Join(',', s_log) + " " + (s_phoenix != null));
        s_phoenix = null; Collect();
        Console.WriteLine(s_finalized);
        ConditionalWeakTable<object, Payload> table = []; object key = new(); Attach(table, key); Collect();
        Console.WriteLine(table.TryGetValue(key, out Payload? attached) + " " + attached!.Bytes.Length); GC.KeepAlive(key);
        GCHandle handle = GCHandle.Alloc(new Payload()); Collect(); Console.WriteLine(((Payload)handle.Target!).Bytes.Length + " " + handle.IsAllocated); handle.Free();
        GCHandle pinned = GCHandle.Alloc(new byte[] { 1, 2, 3 }, GCHandleType.Pinned); unsafe { Console.WriteLine(((byte*)pinned.AddrOfPinnedObject())[2]); }
        pinned.Free();
        long before = GC.GetTotalMemory(false); byte[][] chunks = new byte[64][]; for (int i = 0; i < 2000; i++) { chunks[i % 64] = new byte[4096]; }
        Console.WriteLine((GC.GetTotalMemory(true) >= 64 * 4096) + " " + (before > 0) + " " + GC.CollectionCount(0).CompareTo(0)); GC.KeepAlive(chunks);
        object o = new(); Console.WriteLine(RuntimeHelpers.GetHashCode(o) == RuntimeHelpers.GetHashCode(o)); GC.AddMemoryPressure(10); GC.RemoveMemoryPressure(10); Console.WriteLine(GC.MaxGeneration >= 0);
    }
}
