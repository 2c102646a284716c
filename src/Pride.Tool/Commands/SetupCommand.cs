// `pride setup`: installs every Debian package that any command needs.

using System;
using System.CommandLine;

namespace Pride.Tool.Commands;

internal static class SetupCommand
{
    public static Command Create()
    {
        Command command = new("setup", "Installs the Debian packages that Pride needs.");
        command.SetAction(_ =>
        {
            Prerequisites.Ensure(Prerequisites.Compiling, Prerequisites.Running, Prerequisites.Debugging, Prerequisites.Hosting, Prerequisites.Testing);
            Console.WriteLine("everything Pride needs is here");
            return ExitCodes.Success;
        });
        return command;
    }
}
