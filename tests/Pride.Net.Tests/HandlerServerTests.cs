// A server in the style without async, as examples/Echo has it, under clients that come and go in crowds.

using System;
using System.Collections.Generic;
using System.Net.Sockets;
using Pride.Net;
using Xunit;

namespace Pride.Net.Tests;

public class HandlerServerTests
{
    [TapFact]
    public void CrowdsThatLeaveHalfWayDoNotStopTheServer()
    {
        using var tap = new LinuxTap(options: new NetworkStackOptions { MaximumConnections = 64, MaximumHalfOpen = 64, MaximumTimeWait = 128 });
        tap.OnStack(() => tap.Stack.Listen(80, new EchoServer()));
        for (int round = 0; round < 10; round++)
        {
            var crowd = new List<Socket>();
            for (int i = 0; i < 100; i++)
            {
                Socket client = tap.OpenLinux(SocketType.Stream, ProtocolType.Tcp);
                client.Blocking = false;
                try
                {
                    client.Connect(LinuxTap.OurAddress, 80);
                }
                catch (SocketException e) when (e.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
                {
                    // As it should be: the answer comes later.
                }

                crowd.Add(client);
            }

            System.Threading.Thread.Sleep(20);
            for (int i = 0; i < crowd.Count; i++)
            {
                Send(crowd[i]);
                crowd[i].LingerState = new LingerOption(i % 2 == 1, 0);
            }

            crowd.ForEach(c => c.Dispose());
        }

        Assert.True(
            System.Threading.SpinWait.SpinUntil(() => tap.OnStack(() => tap.Stack.ConnectionCount) == 0, 60_000),
            $"{tap.OnStack(() => tap.Stack.ConnectionCount)} connections are left");
    }

    private static void Send(Socket client)
    {
        try
        {
            client.Send("half"u8);
        }
        catch (SocketException)
        {
            // Not connected yet: then it leaves without a word.
        }
    }

    private sealed class EchoServer : ITcpHandler
    {
        public void Connected(TcpConnection connection)
        {
        }

        public void Readable(TcpConnection connection) => Echo(connection);

        public void Writable(TcpConnection connection) => Echo(connection);

        public void Closed(TcpConnection connection, NetworkError error)
        {
        }

        private static void Echo(TcpConnection connection)
        {
            while (connection.Available != 0)
            {
                ReadOnlySpan<byte> received = connection.Received;
                int taken = connection.Write(received);
                connection.Consume(taken);
                if (taken < received.Length)
                {
                    return;
                }
            }

            if (connection.IsEndOfStream)
            {
                connection.Dispose();
            }
        }
    }
}
