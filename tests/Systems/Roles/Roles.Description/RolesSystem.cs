// Every component of every class is a C program that reads its configuration by sDDF's layout, writes into each queue and notifies who is behind it.

using System;
using System.Linq;
using Pride.Description;
using Pride.Description.Subsystems;

namespace Roles.Description;

/// <summary>Describes the system.</summary>
public sealed class RolesSystem : ISystemDescription
{
    public void Describe(SystemBuilder system, Board board)
    {
        SerialSystem serial = new(system, board.Device("uart0"), new SerialOptions
        {
            Input = true,
            Colours = true,
            BeginString = "begin",
            Driver = Role("SERIAL_DRIVER"),
            VirtTx = Role("SERIAL_VIRT_TX"),
            VirtRx = Role("SERIAL_VIRT_RX"),
        });
        TimerSystem timer = new(system, board.Device("timer"), program: Role("TIMER_DRIVER"));
        NetworkSystem network = new(system, board.Device("net0"), new NetworkOptions
        {
            RxBuffers = 256,
            Driver = Role("NET_DRIVER"),
            VirtTx = Role("NET_VIRT_TX"),
            VirtRx = Role("NET_VIRT_RX"),
            Copier = Role("NET_COPY"),
        });
        BlockSystem block = new(system, board.Device("blk0"), new BlockOptions
        {
            Driver = new DriverProgram(Role("BLK_DRIVER"), [64.KiB(), 2.MiB()]),
            Virtualiser = Role("BLK_VIRT"),
        });

        // No board has a bus of this kind: the clock's registers stand for it.
        I2cSystem i2c = new(system, board.Device("rtc"), Role("I2C_DRIVER"), Role("I2C_VIRT"));

        foreach (string name in (string[])["one", "two"])
        {
            ProgramPd client = system.AddProgram(name, Role("CLIENT"), new PdOptions { Priority = 50 });
            serial.Connect(client);
            timer.Connect(client);
            network.Connect(client, rxBuffers: 128, txBuffers: 64);
            network.ConnectLwip(client);
            block.Connect(client, partition: name == "one" ? 0u : 3u, dataBytes: 1.MiB(), queueCapacity: 32);
            i2c.Connect(client);
            FileSystem(system, name, block, network, timer).Connect(client);
        }
    }

    // Client one's files are on a partition, client two's over NFS.
    private static FileSystemServer FileSystem(SystemBuilder system, string name, BlockSystem block, NetworkSystem network, TimerSystem timer)
    {
        if (name == "one")
        {
            ProgramPd fat = system.AddProgram("fat", Role("FS_SERVER"), new PdOptions { Priority = 60 });
            block.Connect(fat, partition: 1, dataBytes: 1.MiB(), queueCapacity: 32);
            return new FileSystemServer(system, fat, shareBytes: 128.KiB());
        }

        ProgramPd nfs = system.AddProgram("nfs", Role("NFS_SERVER"), new PdOptions { Priority = 60 });
        network.Connect(nfs, rxBuffers: 128, txBuffers: 64);
        network.ConnectLwip(nfs);
        timer.Connect(nfs);
        return FileSystemServer.Nfs(system, nfs, "10.0.2.2", "/srv/export", shareBytes: 128.KiB());
    }

    private static CSource Role(string role) => ProgramSource.C("C/role.c") with { Options = [$"-DROLE_{role}", $"-DROLE=\"{role}\""] };
}
