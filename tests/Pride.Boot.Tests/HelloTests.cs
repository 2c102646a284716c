// The smallest system says its line.

using System.Threading.Tasks;
using Pride.Tool.Emulation;
using Xunit;

namespace Pride.Boot.Tests;

public sealed class HelloTests
{
    [Fact]
    public async Task Hello_prints_its_line()
    {
        await using QemuMachine machine = Machines.Boot("hello");
        await machine.Expect("hello: Pride runs C# on bare metal, 3 translations and 18 characters later");
    }
}
