// Finds the checkout and builds its examples for the tests; each image is built once for all tests of a run.

using System;
using System.Collections.Concurrent;
using System.IO;
using System.Linq;
using System.Threading;
using Pride.Description;
using Pride.Tool;
using Pride.Tool.Building;
using Xunit;

namespace Pride.Boot.Tests;

internal static class Checkout
{
    public const string Board = "qemu-virt-aarch64";

    public const string RiscVBoard = "qemu-virt-riscv64";

    public const string X64Board = "qemu-q35-x86_64";

    /// <summary>One board of each architecture.</summary>
    public static TheoryData<string> Boards => [Board, RiscVBoard, X64Board];

    /// <summary>Boards whose devices together are all that carry a page from a disk to the wire, except virtio on PCI, which others use.</summary>
    public static TheoryData<string> BoardsThatServe => [Board, RiscVBoard, "qemu-q35-x86_64-iommu", "qemu-q35-x86_64-nvme"];

    public const string SifiveBoard = "qemu-sifive-u";

    public const string XilinxBoard = "qemu-xlnx-zcu102";

    public const string BroadcomBoard = "qemu-raspi3b";

    public const string VersalBoard = "qemu-xlnx-versal";

    /// <summary>One board of each architecture, with four cores.</summary>
    public static TheoryData<string> FourCoreBoards => ["qemu-virt-aarch64-smp4", "qemu-virt-riscv64-smp4", "qemu-q35-x86_64-smp4"];

    private static readonly ConcurrentDictionary<(string, string, bool), Lazy<SystemImage>> s_images = [];

    public static Workspace Workspace { get; } = Workspace.Find();

    /// <summary>The debug image of an example, or of a system under tests/Systems.</summary>
    public static SystemImage Image(string example, string board = Board) => Build(example, board, false);

    /// <summary>Its release image, which may print through the kernel, as benchmarks may.</summary>
    public static SystemImage ReleaseImage(string example, string board) => Build(example, board, true);

    /// <summary>The debug image for a board of the caller's making, which has a name of its own.</summary>
    public static SystemImage Image(string example, Board board) => SystemImage.Build(Workspace, Find(example), board, new BuildOptions(false) { KernelOutput = true });

    private static SystemImage Build(string example, string board, bool release) => s_images.GetOrAdd(
        (example, board, release),
        key => new Lazy<SystemImage>(
            () => SystemImage.Build(Workspace, Find(key.Item1), key.Item2, new BuildOptions(key.Item3) { KernelOutput = true }),
            LazyThreadSafetyMode.ExecutionAndPublication)).Value;

    /// <summary>An example, or a system under tests/Systems.</summary>
    public static Example Find(string name) =>
        Example.In(Workspace, Path.Combine(Workspace.Root, "tests", "Systems")).FirstOrDefault(e => e.Name == name) ?? Example.Find(Workspace, name);
}
