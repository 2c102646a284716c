// Finds the repository, so that tests use the boards that are shipped.

using System;
using System.IO;

namespace Pride.Description.Tests;

internal static class TestBoard
{
    public static string Root { get; } = FindRoot();

    public static Board Load() => Board.Load(Root, "qemu-virt-aarch64");

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Pride.slnx")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException("the tests run outside the repository");
    }
}
