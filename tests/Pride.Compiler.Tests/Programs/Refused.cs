// Programs that the compiler refuses: each asks for something that a PD cannot have.

using System;
using System.Collections.Generic;

namespace Refused;

public static class StartsThread
{
    public static void Main() => new System.Threading.Thread(Main).Start();
}

public static class ReadsFile
{
    public static void Main() => Console.WriteLine(Later());

    private static string Later() => System.IO.File.ReadAllText("x");
}

public static class OpensSocket
{
    public static void Main() => new System.Net.Sockets.TcpClient().Connect("localhost", 80);
}

public static class StartsProcess
{
    public static void Main() => System.Diagnostics.Process.Start("true");
}

public static class ReadsConsole
{
    public static void Main() => Console.WriteLine(Console.ReadLine());
}

public static class LooksUpMethod
{
    public static void Main() => Console.WriteLine(typeof(string).GetMethod("Trim", []) != null);
}

public static class EmitsCode
{
    public static void Main() => Console.WriteLine(new System.Reflection.Emit.DynamicMethod("f", typeof(int), []));
}

public static class RunsParallel
{
    public static void Main() => System.Threading.Tasks.Parallel.For(0, 3, Console.WriteLine);
}

/// <summary>Grow of T asks for Grow of List of T, without end.</summary>
public static class GrowsForEver
{
    public static void Main() => Grow(1, 3);

    private static void Grow<T>(T value, int n)
    {
        if (n > 0)
        {
            Grow(new List<T> { value }, n - 1);
        }
    }
}

public static class SerializesByReflection
{
    public static void Main() => Console.WriteLine(System.Text.Json.JsonSerializer.Serialize(new List<int>()));
}

public static class MeansItLater
{
    public static void Main()
    {
        dynamic value = 5;
        Console.WriteLine(value + 1);
    }
}

public static class WaitsForEvent
{
    public static void Main() => new System.Threading.AutoResetEvent(false).WaitOne();
}

public static class MakesByType
{
    public static void Main() => Console.WriteLine(Activator.CreateInstance(typeof(List<int>)));
}

public static class ListsEnum
{
    public static void Main() => Console.WriteLine(Enum.GetValues(typeof(DayOfWeek)).Length + Enum.GetValues<DayOfWeek>().Length);
}

public static class AsksForArguments
{
    public static void Main() => Console.WriteLine(typeof(List<int>).GetGenericArguments().Length);
}

public static class WalksStack
{
    public static void Main() => Console.WriteLine(new System.Diagnostics.StackTrace());
}

public static class Signs
{
    public static void Main() => Console.WriteLine(System.Security.Cryptography.ECDsa.Create().KeySize);
}

public static class Packs
{
    public static void Main() => new System.IO.Compression.GZipStream(System.IO.Stream.Null, System.IO.Compression.CompressionMode.Compress).Flush();
}

public static class Marshals
{
    public static void Main() => Console.WriteLine(System.Runtime.InteropServices.Marshal.SizeOf<int>());
}
