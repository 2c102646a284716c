// Finds the checkout and builds its examples for the tests; each image is built once for all tests of a run.

using System;
using System.Collections.Concurrent;
using System.Threading;
using Pride.Tool;
using Pride.Tool.Building;

namespace Pride.Boot.Tests;

internal static class Checkout
{
    public const string Board = "qemu-virt-aarch64";

    private static readonly ConcurrentDictionary<string, Lazy<SystemImage>> s_images = [];

    public static Workspace Workspace { get; } = Workspace.Find();

    /// <summary>The debug image of an example.</summary>
    public static SystemImage Image(string example) => s_images.GetOrAdd(
        example,
        name => new Lazy<SystemImage>(
            () => SystemImage.Build(Workspace, Example.Find(Workspace, name), Board, new BuildOptions(Release: false)),
            LazyThreadSafetyMode.ExecutionAndPublication)).Value;
}
