// The host's sockets, clock and folders behind the server's interfaces: for tests with real clients.

using System;
using System.Collections.Generic;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;

namespace Pride.Http.Tests;

/// <summary>A listening socket on the loopback interface.</summary>
public sealed class SocketListener : IListener, IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    public SocketListener()
    {
        _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _socket.Listen(512);
    }

    public int Port => ((IPEndPoint)_socket.LocalEndPoint!).Port;

    public async ValueTask<IConnection?> AcceptAsync()
    {
        try
        {
            return new SocketConnection(await _socket.AcceptAsync());
        }
        catch (Exception failure) when (failure is SocketException or ObjectDisposedException)
        {
            return null;
        }
    }

    public void Dispose() => _socket.Dispose();
}

/// <summary>A connected socket.</summary>
public sealed class SocketConnection(Socket socket) : IConnection
{
    private CancellationTokenSource _cancel = new();

    public async ValueTask<int> ReadAsync(Memory<byte> buffer)
    {
        try
        {
            return await socket.ReceiveAsync(buffer, _cancel.Token);
        }
        catch (OperationCanceledException)
        {
            _cancel = new CancellationTokenSource();
            return 0;
        }
        catch (Exception failure) when (failure is SocketException or ObjectDisposedException)
        {
            return 0;
        }
    }

    public async ValueTask<bool> WriteAsync(ReadOnlyMemory<byte> data, bool moreFollows)
    {
        try
        {
            while (!data.IsEmpty)
            {
                data = data[await socket.SendAsync(data)..];
            }

            return true;
        }
        catch (Exception failure) when (failure is SocketException or ObjectDisposedException)
        {
            return false;
        }
    }

    public void CancelRead() => _cancel.Cancel();

    public void CloseSend()
    {
        try
        {
            socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception failure) when (failure is SocketException or ObjectDisposedException)
        {
            // The client has been quicker.
        }
    }

    public void Abort()
    {
        socket.LingerState = new LingerOption(true, 0);
        socket.Dispose();
    }

    public void Release() => socket.Dispose();
}

/// <summary>The host's clocks.</summary>
public sealed class HostClock : IHttpClock
{
    public long Milliseconds => Environment.TickCount64;

    public long UnixSeconds => DateTimeOffset.UtcNow.ToUnixTimeSeconds();

    public ValueTask DelayAsync(int milliseconds) => new(Task.Delay(milliseconds));
}

/// <summary>A folder of the host.</summary>
public sealed class FolderFiles(string root) : IFileSource
{
    public ValueTask<FileStatus> StatusAsync(string path) => new(Status(Place(path)));

    public ValueTask<ISiteFile?> OpenAsync(string path)
    {
        string place = Place(path);
        return new ValueTask<ISiteFile?>(File.Exists(place) ? new FolderFile(File.OpenRead(place)) : null);
    }

    public ValueTask<IReadOnlyList<DirectoryEntry>?> ListAsync(string path, int limit)
    {
        var entries = new List<DirectoryEntry>();
        foreach (string name in Directory.EnumerateFileSystemEntries(Place(path)))
        {
            entries.Add(new DirectoryEntry(Path.GetFileName(name), Status(name)));
        }

        return new ValueTask<IReadOnlyList<DirectoryEntry>?>(entries);
    }

    private static FileStatus Status(string place)
    {
        if (Directory.Exists(place))
        {
            return new FileStatus(FileKind.Directory, 0, 0);
        }

        var info = new FileInfo(place);
        return info.Exists ? new FileStatus(FileKind.File, info.Length, new DateTimeOffset(info.LastWriteTimeUtc).ToUnixTimeSeconds()) : default;
    }

    private string Place(string path) => root + path;

    private sealed class FolderFile(FileStream stream) : ISiteFile
    {
        public long Size => stream.Length;

        public ValueTask<int> ReadAsync(long offset, Memory<byte> buffer)
        {
            stream.Position = offset;
            return stream.ReadAsync(buffer);
        }

        public ValueTask CloseAsync() => stream.DisposeAsync();
    }
}
