// Serial transmit virtualiser of sDDF: many PDs write to one UART.
//
// A client's text goes out whole when the driver's queue has room for it, so that lines of different clients do not mix; only
// text longer than the whole queue is cut. A client that must wait is served in turn when the driver signals room.

using System;
using Pride.Abi.Sddf;
using Pride.Machine;
using Pride.Microkit;
using Pride.Sddf;

namespace Pride.Virtualisers;

/// <summary>Serial tx virtualiser.</summary>
[Profile(Profile.Driver)]
public sealed class SerialTx : ProtectionDomain
{
    private const int ColourCount = 6;

    // Select Graphic Rendition (ECMA-48, 8.3.117): foreground 31..36, and back to normal.
    private const int ColourLength = 5;
    private const int ColourPosition = 3;

    private readonly byte[] _colour = new byte[ColourLength];
    private ByteQueueConsumer[] _clients = [];
    private Channel[] _channels = [];
    private bool[] _waiting = [];
    private ByteQueueProducer _driver;
    private Channel _driverChannel;
    private int _first;
    private bool _colours;

    [Wired]
    public Config<SerialVirtTxConfig> Configuration;

    private static ReadOnlySpan<byte> EndOfColour => "\e[0m"u8;

    public override void Init()
    {
        ref readonly SerialVirtTxConfig config = ref Configuration.Value;
        if (!config.Magic.Is(SddfClass.Serial) || config.ClientCount > SerialLimits.MaximumClients)
        {
            throw new InvalidOperationException("serial tx virtualiser: no valid configuration");
        }

        _driver = new ByteQueueProducer(in config.Driver);
        _driverChannel = new Channel(config.Driver.ChannelId);
        _clients = new ByteQueueConsumer[config.ClientCount];
        _channels = new Channel[config.ClientCount];
        _waiting = new bool[config.ClientCount];
        _colours = config.EnableColour != 0;
        "\e[31m"u8.CopyTo(_colour);
        for (int i = 0; i < _clients.Length; i++)
        {
            ref readonly SerialVirtTxClientConfig client = ref config.Clients[i];
            _clients[i] = new ByteQueueConsumer(in client.Connection);
            _channels[i] = new Channel(client.Connection.ChannelId);
        }

        Greet(in config);
        ServeAll();
    }

    public override void Notified(Channel channel)
    {
        if (channel == _driverChannel)
        {
            ServeWaiting();
            return;
        }

        for (int i = 0; i < _channels.Length; i++)
        {
            if (_channels[i] == channel)
            {
                if (Serve(i))
                {
                    _driverChannel.NotifyDeferred();
                }

                return;
            }
        }
    }

    private void Greet(in SerialVirtTxConfig config)
    {
        if (config.EnableRx != 0)
        {
            ReadOnlySpan<byte> begin = config.BeginString;
            _driver.Write(UpToZero(begin));
            _driverChannel.Notify();
        }

        if (!_colours)
        {
            return;
        }

        for (int i = 0; i < _clients.Length; i++)
        {
            ReadOnlySpan<byte> name = config.Clients[i].Name;
            _driver.Write(ColourOf(i));
            _driver.Write(UpToZero(name));
            _driver.Write(EndOfColour);
            _driver.Write("\r\n"u8);
        }

        _driverChannel.Notify();
    }

    private void ServeAll()
    {
        Array.Fill(_waiting, true);
        ServeWaiting();
    }

    private void ServeWaiting()
    {
        bool moved = false;
        for (int n = 0; n < _clients.Length; n++)
        {
            int client = (_first + n) % _clients.Length;
            if (_waiting[client])
            {
                _waiting[client] = false;
                moved |= Serve(client);
            }
        }

        _first = _clients.Length == 0 ? 0 : (_first + 1) % _clients.Length;
        if (moved)
        {
            _driverChannel.NotifyDeferred();
        }
    }

    /// <summary>Moves what a client has written; true when the driver has something new.</summary>
    private bool Serve(int client)
    {
        ref ByteQueueConsumer queue = ref _clients[client];
        uint frame = _colours ? (uint)(ColourLength + EndOfColour.Length) : 0;
        uint available = queue.Available;
        if (available == 0)
        {
            return false;
        }

        uint room = RoomFor(Math.Min(available + frame, _driver.Capacity));
        if (room == 0)
        {
            _waiting[client] = true;
            return false;
        }

        if (_colours)
        {
            _driver.Write(ColourOf(client));
        }

        uint left = Math.Min(available, room - frame);
        _waiting[client] = left < available;
        while (left > 0)
        {
            ReadOnlySpan<byte> run = queue.Peek();
            int count = _driver.Write(run[..(int)Math.Min((uint)run.Length, left)]);
            queue.Consume(count);
            left -= (uint)count;
        }

        if (_colours)
        {
            _driver.Write(EndOfColour);
        }

        if (queue.SpaceSignal.Take())
        {
            _channels[client].Notify();
        }

        if (_waiting[client])
        {
            // What was cut off goes out when the driver has made room: ask for that.
            _driver.SpaceSignal.Request();
        }

        return true;
    }

    /// <summary>The driver's free space when it is at least <paramref name="bytes"/>, else 0, and the driver will signal.</summary>
    private uint RoomFor(uint bytes)
    {
        uint room = _driver.Free(bytes);
        if (room >= bytes)
        {
            return room;
        }

        _driver.SpaceSignal.Request();
        room = _driver.Free(bytes);
        return room >= bytes ? room : 0;
    }

    private ReadOnlySpan<byte> ColourOf(int client)
    {
        _colour[ColourPosition] = (byte)('1' + (client % ColourCount));
        return _colour;
    }

    private static ReadOnlySpan<byte> UpToZero(ReadOnlySpan<byte> text)
    {
        int zero = text.IndexOf((byte)0);
        return zero < 0 ? text : text[..zero];
    }
}
