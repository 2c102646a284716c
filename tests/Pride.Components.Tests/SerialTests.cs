// The serial class whole: UART model, driver, both virtualisers, two clients; with each UART.

using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using Pride.Abi.Sddf;
using Pride.Drivers.Serial;
using Pride.Machine;
using Pride.Microkit;
using Pride.Sddf;
using Pride.Testing;
using Pride.Testing.Devices;
using Pride.Virtualisers;
using Xunit;

namespace Pride.Components.Tests;

/// <summary>Keeps what is typed; writes what the test gives it as there is room.</summary>
public sealed class SerialUser : ProtectionDomain
{
    private readonly byte[] _buffer = new byte[64];

    [Wired]
    public Config<SerialClientConfig> Serial;

    public SerialClient Client { get; private set; } = null!;

    public List<byte> Typed { get; } = [];

    public Queue<byte> ToWrite { get; } = new();

    public override void Init() => Client = new SerialClient(Serial);

    public override void Notified(Channel channel)
    {
        for (int count = Client.Read(_buffer); count > 0; count = Client.Read(_buffer))
        {
            Typed.AddRange(_buffer.AsSpan(0, count));
        }

        Pump();
    }

    public void Pump()
    {
        while (ToWrite.TryPeek(out byte value))
        {
            if (Client.Write([value]) == 1)
            {
                ToWrite.Dequeue();
            }
            else if (!Client.ArmSpace(1))
            {
                break;
            }
        }

        Client.Flush();
    }
}

public sealed class SerialTests
{
    public enum Uart
    {
        Pl011,
        Ns16550a,
        PcSerialPort,
        Sifive,
        Cadence,
        Mini,
    }

    public static TheoryData<Uart> Uarts => [Uart.Pl011, Uart.Ns16550a, Uart.PcSerialPort, Uart.Sifive, Uart.Cadence, Uart.Mini];

    [Theory]
    [MemberData(nameof(Uarts))]
    public void LinesOfTwoClientsComeOutWhole(Uart uart)
    {
        using Fixture serial = new(uart: uart);
        serial.Boot();
        serial.Print(0, "first line\n");
        serial.Print(1, "second line\n");
        Assert.Equal("first line\nsecond line\n", serial.Text);
    }

    [Fact]
    public void NonAsciiTextIsUtf8()
    {
        using Fixture serial = new();
        serial.Boot();
        string text = string.Concat(Enumerable.Repeat("naïve ☃ 😀 ", 30));
        serial.System.RunAs(serial.Users[0], () =>
        {
            serial.Users[0].Component.Client.Print(text);
            serial.Users[0].Component.Client.Flush();
        });
        serial.System.RunUntilIdle();
        Assert.Equal(text, serial.Text);
    }

    [Fact]
    public void EachClientHasItsColour()
    {
        using Fixture serial = new(colours: true);
        serial.Boot();
        serial.Uart.Sent.Clear();
        serial.Print(1, "x");
        Assert.Equal("\e[32mx\e[0m", serial.Text);
    }

    [Theory]
    [InlineData(false, Uart.Pl011)]
    [InlineData(true, Uart.Pl011)]
    [InlineData(false, Uart.Ns16550a)]
    [InlineData(false, Uart.Sifive)]
    [InlineData(false, Uart.Cadence)]
    [InlineData(false, Uart.Mini)]
    public void NothingIsLostWhenTheUartIsSlowAndQueuesAreFull(bool colours, Uart uart)
    {
        for (int seed = 0; seed < 30; seed++)
        {
            using Fixture serial = new(colours, seed, uart: uart);
            serial.Boot();
            serial.Drain();
            serial.Uart.Sent.Clear();
            serial.Uart.IsSlow = true;
            byte[] first = [.. Enumerable.Range(0, 20_000).Select(i => (byte)('a' + (i % 26)))];
            byte[] second = [.. Enumerable.Range(0, 20_000).Select(i => (byte)('A' + (i % 26)))];
            Array.ForEach(first, serial.Users[0].Component.ToWrite.Enqueue);
            Array.ForEach(second, serial.Users[1].Component.ToWrite.Enqueue);
            serial.System.RunAs(serial.Users[0], serial.Users[0].Component.Pump);
            serial.System.RunAs(serial.Users[1], serial.Users[1].Component.Pump);
            serial.Drain();
            string text = System.Text.RegularExpressions.Regex.Replace(serial.Text, "\e\\[[0-9]+m", string.Empty);
            Assert.Equal(Encoding.UTF8.GetString(first), string.Concat(text.Where(char.IsAsciiLetterLower)));
            Assert.Equal(Encoding.UTF8.GetString(second), string.Concat(text.Where(char.IsAsciiLetterUpper)));
        }
    }

    [Fact]
    public void InputGoesToTheClientThatWasChosen()
    {
        using Fixture serial = new();
        serial.Boot();
        serial.Type("ab\x1c" + "1\rcd\x1c" + "0\re\x1c\x1c" + "f\x1c" + "9\rg\x1c" + "zh");
        Assert.Equal("abe\x1c" + "fgh", serial.TypedTo(0));
        Assert.Equal("cd", serial.TypedTo(1));
        Assert.Equal(2u, serial.VirtRx.Component.InvalidSwitches);
    }

    [Theory]
    [MemberData(nameof(Uarts))]
    public void TheTransmitInterruptIsOnWhileBytesWaitAndNoLonger(Uart uart)
    {
        using Fixture serial = new(uart: uart);
        serial.Boot();
        serial.Drain();
        Assert.False(serial.Uart.TransmitInterrupts);
        serial.Uart.IsSlow = true;
        serial.Print(0, new string('x', 200) + "\n");
        Assert.True(serial.Uart.TransmitInterrupts);
        serial.Drain();
        Assert.False(serial.Uart.TransmitInterrupts);
        Assert.EndsWith("x\n", serial.Text, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Uarts))]
    public void EachByteArrivesAtOnce(Uart uart)
    {
        using Fixture serial = new(uart: uart);
        serial.Boot();
        for (int count = 1; count <= 5; count++)
        {
            serial.Type("x");
            Assert.Equal(new string('x', count), serial.TypedTo(0));
        }
    }

    [Theory]
    [MemberData(nameof(Uarts))]
    public void AFullReceiveQueueMasksTheInterruptUntilThereIsRoom(Uart uart)
    {
        using Fixture serial = new(uart: uart);
        serial.Boot();
        string text = new([.. Enumerable.Range(0, 9000).Select(i => (char)('a' + (i % 26)))]);
        serial.Type(text);
        Assert.Equal(text, serial.TypedTo(0));
        Assert.Equal(0, serial.Uart.Overruns);
    }

    [Theory]
    [InlineData(115_200UL, 13u, 1u)]
    [InlineData(9_600UL, 156u, 16u)]
    public void TheBaudRateDivisorIsRounded(ulong baud, uint integer, uint fraction)
    {
        using Fixture serial = new(baud: baud);
        serial.Boot();
        Pl011Model model = (Pl011Model)serial.Uart;
        Assert.Equal((integer, fraction), model.Divisor);
        Assert.Equal(0x301u, model.Control);
    }

    [Theory]
    [InlineData(115_200UL, 2, Uart.Ns16550a)]
    [InlineData(9_600UL, 24, Uart.Ns16550a)]
    [InlineData(300UL, 768, Uart.Ns16550a)]
    [InlineData(115_200UL, 1, Uart.PcSerialPort)]
    [InlineData(300UL, 384, Uart.PcSerialPort)]
    public void The16550sDivisorHasTwoBytes(ulong baud, int divisor, Uart uart)
    {
        using Fixture serial = new(baud: baud, uart: uart);
        serial.Boot();
        Assert.Equal(divisor, ((Ns16550aModel)serial.Uart).Divisor);
    }

    [Fact]
    public void DivisorsOfEachKindAreRounded()
    {
        using Fixture sifive = new(baud: 115_200, uart: Uart.Sifive);
        sifive.Boot();
        Assert.Equal(4339u, ((SifiveUartModel)sifive.Uart).Divisor);
        using Fixture cadence = new(baud: 115_200, uart: Uart.Cadence);
        cadence.Boot();
        Assert.Equal((54u, 15u), ((CadenceUartModel)cadence.Uart).Rate);
        using Fixture mini = new(baud: 115_200, uart: Uart.Mini);
        mini.Boot();
        Assert.Equal(270u, ((MiniUartModel)mini.Uart).Rate);
    }

    [Fact]
    public void AHostileClientHurtsNobodyElse()
    {
        for (int seed = 0; seed < 20; seed++)
        {
            using Fixture serial = new();
            Random random = new(seed);
            serial.Boot();
            for (int i = 0; i < 200; i++)
            {
                serial.Configs[1].Tx.Queue.At<uint>(SerialQueueLayout.Tail) = (uint)random.Next(5000);
                serial.Configs[1].Tx.Queue.At<uint>(SerialQueueLayout.Head) = (uint)random.Next(5000);
                serial.VirtTx.Signal(new Channel((ulong)random.Next(4)));
                serial.System.RunUntilIdle();
                serial.Uart.Sent.Clear();
                serial.Print(0, $"<{i}>");
                Assert.Contains($"<{i}>", serial.Text, StringComparison.Ordinal);
            }
        }
    }

    private sealed class Fixture : IDisposable
    {
        public Fixture(bool colours = false, int? seed = null, ulong baud = 115_200, Uart uart = SerialTests.Uart.Pl011)
        {
            System = new TestSystem(seed);
            Uart = uart switch
            {
                SerialTests.Uart.Pl011 => new Pl011Model(),
                SerialTests.Uart.Sifive => new SifiveUartModel(),
                SerialTests.Uart.Cadence => new CadenceUartModel(),
                SerialTests.Uart.Mini => new MiniUartModel(),
                _ => new Ns16550aModel(),
            };
            SerialDriverConfig[] driver = new SerialDriverConfig[1];
            SerialVirtTxConfig[] tx = new SerialVirtTxConfig[1];
            SerialVirtRxConfig[] rx = new SerialVirtRxConfig[1];
            Region registers = System.Device(Uart);
            DeviceResources resources = new() { Magic = SddfMagic.Of(SddfClass.Device), InterruptCount = 1 };
            TestPd pd = uart switch
            {
                SerialTests.Uart.Pl011 => System.Add<Pl011>("uart", 100, Configure),
                SerialTests.Uart.Ns16550a => System.Add<Ns16550a>("uart", 100, Configure),
                SerialTests.Uart.Sifive => System.Add<SifiveUart>("uart", 100, Configure),
                SerialTests.Uart.Cadence => System.Add<CadenceUart>("uart", 100, Configure),
                SerialTests.Uart.Mini => System.Add<Bcm2835MiniUart>("uart", 100, Configure),
                _ => System.Add<PcSerialPort>("uart", 100, ConfigurePort),
            };
            VirtTx = System.Add<SerialTx>("virt_tx", 99, p => p.Configuration = Config<SerialVirtTxConfig>.OnHost(in tx[0]));
            VirtRx = System.Add<SerialRx>("virt_rx", 98, p => p.Configuration = Config<SerialVirtRxConfig>.OnHost(in rx[0]));
            Uart.Interrupt = System.Interrupt(pd);
            if (uart != SerialTests.Uart.PcSerialPort)
            {
                resources.Regions[resources.RegionCount++].Region = registers;
            }

            resources.Interrupts[0] = Uart.Interrupt.Id;
            driver[0].Magic = tx[0].Magic = rx[0].Magic = SddfMagic.Of(SddfClass.Serial);
            driver[0].DefaultBaud = baud;
            driver[0].RxEnabled = 1;
            tx[0].EnableColour = colours ? (byte)1 : (byte)0;
            rx[0].SwitchCharacter = 0x1c;
            rx[0].TerminateNumberCharacter = (byte)'\r';
            (driver[0].Tx, tx[0].Driver) = Link(pd, VirtTx);
            (driver[0].Rx, rx[0].Driver) = Link(pd, VirtRx);
            for (int i = 0; i < 2; i++)
            {
                int index = i;
                TestPd<SerialUser> user = System.Add<SerialUser>($"user{i}", 50, p => p.Serial = Config<SerialClientConfig>.OnHost(Configs[index]));
                SerialClientConfig config = new() { Magic = SddfMagic.Of(SddfClass.Serial) };
                (SerialConnection virtTx, config.Tx) = Link(VirtTx, user);
                (rx[0].Clients[i], config.Rx) = Link(VirtRx, user);
                tx[0].Clients[i].Connection = virtTx;
                Configs.Add(config);
                Users.Add(user);
            }

            tx[0].ClientCount = rx[0].ClientCount = 2;

            void ConfigurePort(PcSerialPort p)
            {
                Configure(p);
                p.Ports = new IoPorts(0, registers.Address);
            }

            void Configure(UartDriver p)
            {
                p.Configuration = Config<SerialDriverConfig>.OnHost(in driver[0]);
                p.Device = Config<DeviceResources>.OnHost(in resources);
            }
        }

        public TestSystem System { get; }

        public UartModel Uart { get; }

        public TestPd<SerialTx> VirtTx { get; }

        public TestPd<SerialRx> VirtRx { get; }

        public List<TestPd<SerialUser>> Users { get; } = [];

        public List<SerialClientConfig> Configs { get; } = [];

        public string Text => Encoding.UTF8.GetString([.. Uart.Sent]);

        public void Boot()
        {
            System.Start();
            System.RunUntilIdle();
        }

        public void Print(int user, string text)
        {
            System.RunAs(Users[user], () =>
            {
                Users[user].Component.Client.Print(text);
                Users[user].Component.Client.Flush();
            });
            System.RunUntilIdle();
        }

        public void Type(string text)
        {
            foreach (char c in text)
            {
                Uart.Type((byte)c);
                System.RunUntilIdle();
            }
        }

        /// <summary>Lets a slow UART send until nothing comes any more.</summary>
        public void Drain()
        {
            int before;
            do
            {
                before = Uart.Sent.Count;
                System.RunUntilIdle();
                Uart.Drain();
            }
            while (Uart.Sent.Count > before);
        }

        public string TypedTo(int user) => Encoding.UTF8.GetString([.. Users[user].Component.Typed]);

        public void Dispose() => System.Dispose();

        private (SerialConnection First, SerialConnection Second) Link(TestPd first, TestPd second)
        {
            (Channel firstId, Channel secondId) = TestSystem.Connect(first, second);
            SerialConnection connection = new() { Queue = System.Memory(SerialQueueLayout.Size), Data = System.Memory(4096) };
            return (connection with { ChannelId = (byte)firstId.Id }, connection with { ChannelId = (byte)secondId.Id });
        }
    }
}
