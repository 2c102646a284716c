// A real Linux TCP/IP stack as the peer: a TAP device in a network namespace of its own, which only this process can reach.
//
// The namespace belongs to one thread (unshare); sockets opened on that thread live in it, whoever uses them later.

using System;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Threading;
using System.Threading.Tasks;
using Pride.Net;
using Xunit;

namespace Pride.Net.Tests;

/// <summary>A test that needs root and TUN/TAP; it is skipped where they are missing.</summary>
public sealed class TapFactAttribute : FactAttribute
{
    private static readonly Lazy<bool> s_isAvailable = new(LinuxTap.IsAvailable);

    public TapFactAttribute()
    {
        if (!s_isAvailable.Value)
        {
            Skip = "needs root, /dev/net/tun and ip";
        }
    }
}

/// <summary>Linux at 10.9.0.1, our stack at 10.9.0.2, a thread that runs the stack.</summary>
internal sealed class LinuxTap : INetworkInterface, INetworkClock, IEntropySource, IDisposable
{
    public static readonly IPAddress LinuxAddress = IPAddress.Parse("10.9.0.1");
    public static readonly IPAddress OurAddress = IPAddress.Parse("10.9.0.2");
    public static readonly Ipv4Address LinuxIpv4 = new(10, 9, 0, 1);

    private readonly byte[] _transmitBuffer = new byte[14 + 1500];
    private readonly Random _random;
    private readonly double _loss;
    private readonly Thread _thread;
    private readonly int[] _wake = new int[2];
    private readonly System.Collections.Concurrent.ConcurrentQueue<Action> _work = new();
    private int _tap = -1;
    private Exception? _failure;
    private volatile bool _stopped;

    public LinuxTap(double loss = 0, int seed = 1, NetworkStackOptions? options = null)
    {
        _loss = loss;
        _random = new Random(seed);
        using var ready = new ManualResetEventSlim();
        _thread = new Thread(() => Main(options ?? new NetworkStackOptions(), ready)) { IsBackground = true };
        _thread.Start();
        ready.Wait();
        ThrowIfFailed();
    }

    public NetworkStack Stack { get; private set; } = null!;

    public MacAddress Address => new(0x5254_0000_0002);

    public int MaximumTransmissionUnit => 1500;

    public ChecksumOffload Offload => ChecksumOffload.None;

    public long NowNanoseconds => Stopwatch.GetTimestamp() * (1_000_000_000 / Stopwatch.Frequency);

    public static bool IsAvailable()
    {
        if (!OperatingSystem.IsLinux() || Native.EffectiveUser() != 0)
        {
            return false;
        }

        try
        {
            using var tap = new LinuxTap();
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>Opens a Linux socket in the namespace.</summary>
    public Socket OpenLinux(SocketType type, ProtocolType protocol) => OnStack(() => new Socket(AddressFamily.InterNetwork, type, protocol));

    /// <summary>Runs something on the stack's thread and waits for it.</summary>
    public T OnStack<T>(Func<T> action)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(() =>
        {
            try
            {
                done.SetResult(action());
            }
            catch (Exception e)
            {
                done.SetException(e);
            }
        });
        return Await(done.Task);
    }

    /// <summary>Starts async code on the stack's thread, and waits for its end.</summary>
    public T RunOnStack<T>(Func<Task<T>> action) => Await(OnStack(action));

    public T Await<T>(Task<T> task)
    {
        while (Task.WaitAny([task], 1000) < 0)
        {
            ThrowIfFailed();
        }

        return task.GetAwaiter().GetResult();
    }

    public Span<byte> GetTransmitBuffer() => _transmitBuffer;

    public void Transmit(int length)
    {
        if (_random.NextDouble() >= _loss)
        {
            // A full queue is a loss like any other.
            _ = Native.Write(_tap, _transmitBuffer, length);
        }
    }

    public void Fill(Span<byte> destination) => _random.NextBytes(destination);

    public void Dispose()
    {
        _stopped = true;
        Wake();
        _thread.Join();
        _ = Native.Close(_tap);
        _ = Native.Close(_wake[0]);
        _ = Native.Close(_wake[1]);
        ThrowIfFailed();
    }

    private void Post(Action action)
    {
        _work.Enqueue(action);
        Wake();
    }

    private void Wake() => Native.Write(_wake[1], [1], 1);

    private void ThrowIfFailed()
    {
        if (_failure is not null)
        {
            throw new InvalidOperationException("the stack's thread has failed", _failure);
        }
    }

    private void Main(NetworkStackOptions options, ManualResetEventSlim ready)
    {
        try
        {
            Native.Check(Native.Unshare(Native.CloneNewNet), "unshare");
            Native.Check(Native.Pipe(_wake), "pipe");
            _tap = Native.OpenTap("tap0");
            RunIp("link set lo up");
            RunIp("addr add 10.9.0.1/24 dev tap0");
            RunIp("link set tap0 up");
            Stack = new NetworkStack(this, this, this, options);
            Stack.Configure(new Ipv4Configuration(new Ipv4Address(10, 9, 0, 2), 24, LinuxIpv4));
            ready.Set();
            Loop();
        }
        catch (Exception e)
        {
            _failure = e;
            ready.Set();
        }
    }

    private void Loop()
    {
        byte[] frame = new byte[2048];
        long deadline = Stack.Poll();
        while (!_stopped)
        {
            long wait = deadline == long.MaxValue ? 1000 : Math.Clamp((deadline - NowNanoseconds + 999_999) / 1_000_000, 0, 1000);
            (bool hasFrame, bool hasWork) = Native.WaitForEither(_tap, _wake[0], (int)wait);
            if (hasWork)
            {
                _ = Native.Read(_wake[0], new byte[64], 64);
                while (_work.TryDequeue(out Action? action))
                {
                    action();
                }
            }

            // A batch, as from a ring; not more, so that output gets its turn.
            for (int i = 0; hasFrame && i < 32; i++)
            {
                int length = (int)Native.Read(_tap, frame, frame.Length);
                if (length > 0 && _random.NextDouble() >= _loss)
                {
                    Stack.ProcessFrame(frame.AsSpan(0, length));
                }

                (hasFrame, _) = Native.WaitForEither(_tap, -1, 0);
            }

            if (NowNanoseconds >= deadline)
            {
                Stack.ProcessTimers();
            }

            deadline = Stack.Poll();
        }
    }

    private static void RunIp(string arguments)
    {
        using Process process = Process.Start("ip", arguments) ?? throw new InvalidOperationException("ip does not start");
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException("ip " + arguments + " failed");
        }
    }

    private static class Native
    {
        public const int CloneNewNet = 0x4000_0000;

        private const int OpenReadWrite = 2;
        private const ulong TunSetInterface = 0x4004_54ca;
        private const short TapWithoutPacketInfo = 0x1002;
        private const short PollIn = 1;

        public static int OpenTap(string name)
        {
            int tap = Open("/dev/net/tun", OpenReadWrite);
            Check(tap, "open /dev/net/tun");
            byte[] request = new byte[40];
            System.Text.Encoding.ASCII.GetBytes(name, request);
            BitConverter.TryWriteBytes(request.AsSpan(16), TapWithoutPacketInfo);
            Check(IoControl(tap, TunSetInterface, request), "TUNSETIFF");
            return tap;
        }

        public static (bool First, bool Second) WaitForEither(int first, int second, int milliseconds)
        {
            PollEntry[] entries = [new PollEntry { File = first, Events = PollIn }, new PollEntry { File = second, Events = PollIn }];
            _ = Poll(entries, 2, milliseconds);
            return ((entries[0].Returned & PollIn) != 0, (entries[1].Returned & PollIn) != 0);
        }

        public static void Check(int result, string what)
        {
            if (result < 0)
            {
                throw new InvalidOperationException($"{what} failed: error {Marshal.GetLastPInvokeError()}");
            }
        }

        [DllImport("libc", EntryPoint = "geteuid")]
        public static extern int EffectiveUser();

        [DllImport("libc", EntryPoint = "unshare", SetLastError = true)]
        public static extern int Unshare(int flags);

        [DllImport("libc", EntryPoint = "pipe", SetLastError = true)]
        public static extern int Pipe(int[] ends);

        [DllImport("libc", EntryPoint = "close")]
        public static extern int Close(int file);

        [DllImport("libc", EntryPoint = "read", SetLastError = true)]
        public static extern nint Read(int file, byte[] buffer, nint count);

        [DllImport("libc", EntryPoint = "write", SetLastError = true)]
        public static extern nint Write(int file, byte[] buffer, nint count);

        [DllImport("libc", EntryPoint = "open", SetLastError = true, CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
        private static extern int Open(string path, int flags);

        [DllImport("libc", EntryPoint = "ioctl", SetLastError = true)]
        private static extern int IoControl(int file, ulong request, byte[] argument);

        [DllImport("libc", EntryPoint = "poll", SetLastError = true)]
        private static extern int Poll([In, Out] PollEntry[] entries, ulong count, int milliseconds);

        [StructLayout(LayoutKind.Sequential)]
        private struct PollEntry
        {
            public int File;
            public short Events;
            public short Returned;
        }
    }
}
