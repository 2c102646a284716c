// The system: one PD, on the board's last core.

using Hello.Domains;
using Pride.Description;

namespace Hello.Description;

/// <summary>Describes the example.</summary>
public sealed class HelloSystem : ISystemDescription
{
    public void Describe(SystemBuilder system, Board board) => system.Add<HelloPd>("hello", priority: 100, heap: 256.KiB(), core: board.Cores - 1);
}
