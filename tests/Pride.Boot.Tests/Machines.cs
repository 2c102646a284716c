// Boots an example for a test: image built once, machine killed at the end, the whole serial output in the message when an expectation fails.

using System;
using System.Threading.Tasks;
using Pride.Tool.Building;
using Pride.Tool.Commands;
using Pride.Tool.Emulation;
using Xunit;

namespace Pride.Boot.Tests;

internal static class Machines
{
    /// <summary>Generous: the tests share their host with builds.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    /// <summary>Boots <paramref name="example"/> with everything that its description asks for.</summary>
    public static QemuMachine Boot(string example, string? site = null, params string[] extraArguments) =>
        BootOn(Checkout.Board, example, site, extraArguments);

    /// <summary>As <see cref="Boot"/>, on a board of the caller's choice.</summary>
    public static QemuMachine BootOn(string board, string example, string? site = null, params string[] extraArguments) =>
        Boot(Checkout.Image(example, board), site, extraArguments);

    /// <summary>Boots an image of the caller's choice, with everything that its description asks for.</summary>
    public static QemuMachine Boot(SystemImage image, string? site = null, params string[] extraArguments) =>
        QemuMachine.Start(RunCommand.Options(Checkout.Workspace, image, null, site, preferredPorts: false) with { ExtraArguments = extraArguments });

    /// <summary>Waits until the guest has printed <paramref name="text"/>.</summary>
    public static async Task Expect(this QemuMachine machine, string text)
    {
        bool there = await machine.WaitForAsync(serial => serial.Contains(text, StringComparison.Ordinal), Limit);
        Assert.True(there, $"the guest never printed '{text}'. It printed:\n{machine.Serial}\n{await machine.ErrorsAsync()}");
    }
}
