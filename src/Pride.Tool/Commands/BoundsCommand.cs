// `pride bounds EXAMPLE`: the most instructions that each path through the kernel can take, computed from the kernel's machine code.

using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Linq;
using Pride.Kernel.Objects;
using Pride.Machine;
using Pride.Tool.Bounds;
using Pride.Tool.Building;

namespace Pride.Tool.Commands;

internal static class BoundsCommand
{
    public static Command Create()
    {
        Argument<string> example = CommonOptions.Example();
        Option<string> board = CommonOptions.Board();
        Option<bool> release = CommonOptions.Release();
        Command command = new("bounds", "Says how many instructions the kernel's paths can take, for the system and at most for any.") { example, board, release };
        command.SetAction(parsed =>
        {
            ProgramSelection selection = ProgramSelection.Of(parsed, example, board, release);
            SystemImage image = selection.Build();
            if (image.Board.Architecture != Architecture.AArch64)
            {
                throw new ToolException(ExitCodes.Usage, $"board '{image.Board.Name}' is not AArch64, the only machine code that this command reads", "choose another board");
            }

            KernelCode code = new(image.LoadProgram(SystemImage.KernelName));
            KernelBounds own = new(code, SystemLimits.Of(image));
            KernelBounds most = new(code, LoopLimits.Most);
            Console.WriteLine($"{"instructions at most",-38} {image.Name,16} {"any system",16}");
            Print(own.Rows(), most.Rows());
            Console.WriteLine("besides, where the kernel itself prints");
            Print(own.ConsoleRows(), most.ConsoleRows());

            return ExitCodes.Success;
        });
        return command;
    }

    private static void Print(IEnumerable<BoundRow> own, IEnumerable<BoundRow> most)
    {
        foreach ((BoundRow row, BoundRow any) in own.Zip(most))
        {
            Console.WriteLine($"{row.Name,-38} {row.Instructions,16:N0} {any.Instructions,16:N0}");
        }
    }
}
