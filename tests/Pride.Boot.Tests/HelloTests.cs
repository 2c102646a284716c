// The smallest system says its line.

using System.Threading.Tasks;
using Pride.Tool.Emulation;
using Xunit;

namespace Pride.Boot.Tests;

public sealed class HelloTests
{
    [Theory]
    [MemberData(nameof(Checkout.Boards), MemberType = typeof(Checkout))]
    public async Task Hello_prints_its_line(string board)
    {
        await using QemuMachine machine = Machines.BootOn(board, "hello");
        await machine.Expect("hello: Pride runs C# on bare metal, 3 translations and 18 characters later");
    }
}
