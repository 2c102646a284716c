// Serial receive virtualiser of sDDF: what is typed goes to one client at a time.
//
// The switch character, a client's number and the terminator choose who gets the input from then on; the switch character
// twice is that character itself. A client whose queue is full loses what is typed (counted): input never blocks the console.

using System;
using Pride.Abi.Sddf;
using Pride.Machine;
using Pride.Microkit;
using Pride.Sddf;

namespace Pride.Virtualisers;

/// <summary>Serial rx virtualiser.</summary>
[Profile(Profile.Driver)]
public sealed class SerialRx : ProtectionDomain
{
    // Two digits would name any of 64 clients; two more forgive leading zeros.
    private const int MaximumDigits = 4;

    private ByteQueueProducer[] _clients = [];
    private Channel[] _channels = [];
    private ByteQueueConsumer _driver;
    private Channel _driverChannel;
    private byte _switch;
    private byte _terminator;
    private Mode _mode;
    private int _number;
    private int _digits;
    private int _current;
    private bool _given;

    private enum Mode
    {
        /// <summary>Bytes go to the current client.</summary>
        Text,

        /// <summary>The switch character has just come.</summary>
        Switch,

        /// <summary>The digits of a client's number are coming.</summary>
        Number,
    }

    [Wired]
    public Config<SerialVirtRxConfig> Configuration;

    /// <summary>Bytes that found the client's queue full.</summary>
    public ulong DroppedBytes { get; private set; }

    /// <summary>Switch sequences that named no client.</summary>
    public uint InvalidSwitches { get; private set; }

    public override void Init()
    {
        ref readonly SerialVirtRxConfig config = ref Configuration.Value;
        if (!config.Magic.Is(SddfClass.Serial) || config.ClientCount is 0 or > SerialLimits.MaximumClients)
        {
            throw new InvalidOperationException("serial rx virtualiser: no valid configuration");
        }

        _driver = new ByteQueueConsumer(in config.Driver);
        _driverChannel = new Channel(config.Driver.ChannelId);
        _switch = config.SwitchCharacter;
        _terminator = config.TerminateNumberCharacter;
        _clients = new ByteQueueProducer[config.ClientCount];
        _channels = new Channel[config.ClientCount];
        for (int i = 0; i < _clients.Length; i++)
        {
            _clients[i] = new ByteQueueProducer(in config.Clients[i]);
            _channels[i] = new Channel(config.Clients[i].ChannelId);
        }

        Receive();
    }

    public override void Notified(Channel channel)
    {
        if (channel == _driverChannel)
        {
            Receive();
        }
    }

    private void Receive()
    {
        bool taken = false;
        while (_driver.TryRead(out byte value))
        {
            taken = true;
            switch (_mode)
            {
                case Mode.Text when value == _switch:
                    _mode = Mode.Switch;
                    break;
                case Mode.Text:
                    Give(value);
                    break;
                case Mode.Switch when value == _switch:
                    _mode = Mode.Text;
                    Give(value);
                    break;
                default:
                    ReadNumber(value);
                    break;
            }
        }

        if (taken && _driver.SpaceSignal.Take())
        {
            _driverChannel.Notify();
        }

        NotifyCurrent();
    }

    private void ReadNumber(byte value)
    {
        if (value is >= (byte)'0' and <= (byte)'9' && _digits < MaximumDigits)
        {
            _number = (_number * 10) + (value - '0');
            _digits++;
            _mode = Mode.Number;
            return;
        }

        if (value == _terminator && _digits > 0 && _number < _clients.Length)
        {
            NotifyCurrent();
            _current = _number;
        }
        else
        {
            InvalidSwitches++;
        }

        _mode = Mode.Text;
        _number = 0;
        _digits = 0;
    }

    private void Give(byte value)
    {
        if (_clients[_current].TryWrite(value))
        {
            _given = true;
        }
        else
        {
            DroppedBytes++;
        }
    }

    private void NotifyCurrent()
    {
        if (_given)
        {
            _given = false;
            _channels[_current].NotifyDeferred();
        }
    }
}
