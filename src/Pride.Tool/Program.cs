// The `pride` command: parses the command line and turns every expected failure into a message and an exit code.

using System;
using System.CommandLine;
using System.IO;
using System.Threading.Tasks;
using Pride.Compiler;
using Pride.Description;
using Pride.Image;
using Pride.Tool.Commands;

namespace Pride.Tool;

/// <summary>Entry point.</summary>
public static class Program
{
    public static async Task<int> Main(string[] arguments)
    {
        RootCommand root = new("Builds, runs, tests and measures systems made with Pride.")
        {
            RunCommand.Create(),
            BuildCommand.Create(),
            HostedCommand.Create(),
            TestCommand.Create(),
            BenchCommand.Create(),
            ListCommand.Create(),
            MapCommand.Create(),
            ExportCommand.Create(),
            ExplainCommand.Create(),
            SizeCommand.Create(),
            StackCommand.Create(),
            BoundsCommand.Create(),
            AllocationsCommand.Create(),
            GdbCommand.Create(),
            SymbolizeCommand.Create(),
            SetupCommand.Create(),
        };
        try
        {
            ParseResult parsed = root.Parse(arguments);
            int code = await parsed.InvokeAsync(new InvocationConfiguration
            {
                EnableDefaultExceptionHandler = false,

                // On a busy machine the default of two seconds ends this process before it has ended QEMU.
                ProcessTerminationTimeout = TimeSpan.FromSeconds(30),
            });
            return parsed.Errors.Count > 0 ? ExitCodes.Usage : code;
        }
        catch (ToolException e)
        {
            Report.Error(e.Message, e.Remedy);
            return e.ExitCode;
        }
        catch (SystemDescriptionException e)
        {
            Report.Error($"the description breaks {e.Violations.Count} rule(s):\n{e.Message}", null);
            return ExitCodes.Description;
        }
        catch (ImageException e)
        {
            Report.Error(e.Message, null);
            return ExitCodes.Description;
        }
        catch (CompilationException e)
        {
            Report.Error(e.Message, "change the code that the message names; `./pride explain` shows call chains");
            return ExitCodes.Compilation;
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            Report.Error(e.Message, null);
            return ExitCodes.Usage;
        }
        catch (OperationCanceledException)
        {
            return ExitCodes.Success;
        }
    }
}
