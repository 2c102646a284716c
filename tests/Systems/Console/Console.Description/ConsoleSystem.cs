// The system: serial line and timer of the board, and one client of both.

using Console.Domains;
using Pride.Description;
using Pride.Description.Subsystems;

namespace Console.Description;

/// <summary>Describes the system.</summary>
public sealed class ConsoleSystem : ISystemDescription
{
    public void Describe(SystemBuilder system, Board board)
    {
        SerialSystem serial = new(system, board.Device("uart0"), new SerialOptions { Input = true });
        TimerSystem timer = new(system, board.Device("timer"));
        Pd<Answerer> answerer = system.Add<Answerer>("answerer", priority: 50);
        serial.Connect(answerer, p => p.Serial);
        timer.Connect(answerer, p => p.Timer);
    }
}
