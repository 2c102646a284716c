// What touches the edges of the system: memory freed by hand, the console's other ways in, estimates, addresses, contracts of Activator.
using System;
using System.IO;
using System.Net;
using System.Runtime.InteropServices;
using System.Text;
namespace Programs;

public static unsafe class SystemMore
{
    private sealed class Hidden { private Hidden() { } }
    private sealed class Open { public int Value = 3; }
    private static void Memory()
    {
        byte* block = (byte*)NativeMemory.AllocZeroed(4, 4);
        block[3] = 5;
        block = (byte*)NativeMemory.Realloc(block, 4000);
        byte* aligned = (byte*)NativeMemory.AlignedAlloc(10, 256);
        nint global = Marshal.AllocHGlobal(8);
        GC.Collect();
        Marshal.WriteInt32(global, 4, 7);
        Console.WriteLine(block[3] + " " + new Span<byte>(block, 16).IndexOf((byte)5) + " " + ((nint)aligned % 256) + " " + Marshal.ReadInt32(global + 4));
        NativeMemory.Free(block); NativeMemory.AlignedFree(aligned); Marshal.FreeHGlobal(global); NativeMemory.Free(null);
        nint text = Marshal.StringToHGlobalUni("ab");
        Console.WriteLine(new string((char*)text));
        Marshal.FreeHGlobal(text);
    }

    public static void Main()
    {
        Memory();
        Console.Write("{0}-{1}", 5, "x"); Console.WriteLine(['a', 'b']); Console.Write(5u); Console.Write(1.5m); Console.Write(2UL); Console.Write(1.5f); Console.WriteLine("abc".AsSpan());
        Console.Out.WriteLine("{0:D3}", 7); Console.Out.Write(new StringBuilder("sb")); Console.Out.WriteLineAsync("as").Wait(); Console.WriteLine("{0}{1}{2}{3}", 1, 2, 3, 4);
        TextWriter writer = Console.Out;
        writer.WriteLine(new { A = 1 }); writer.WriteLine(3.5); Console.WriteLine((object?)null);
        Console.WriteLine(Math.ReciprocalEstimate(4.0) + " " + double.MultiplyAddEstimate(2, 3, 4) + " " + float.Lerp(1, 3, 0.25f) + " " + double.Lerp(0.1, 0.7, 0.3));
        Console.WriteLine(IPAddress.Parse("10.0.0.1") + " " + IPAddress.Parse("fe80::1") + " " + IPEndPoint.Parse("1.2.3.4:5") + " " + IPNetwork.Parse("10.0.0.0/8").Contains(IPAddress.Parse("10.1.1.1")) + IPAddress.TryParse("1.2.3.x", out _));
        try { IPAddress.Parse("1.2.3.x"); } catch (FormatException e) { Console.WriteLine(e.Message); }
        try { Activator.CreateInstance<Hidden>(); } catch (MissingMethodException) { Console.WriteLine("hidden"); }
        Console.WriteLine(Activator.CreateInstance<Open>().Value);
        try { ((Array)new int[3]).SetValue("x", 0); } catch (InvalidCastException e) { Console.WriteLine(e.Message); }
        System.Diagnostics.Trace.WriteLine("nobody listens"); System.Diagnostics.Trace.Assert(true); System.Diagnostics.Debug.WriteLine("nor here");
    }
}
