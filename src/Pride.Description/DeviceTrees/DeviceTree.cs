// The device tree of a machine as input of a description: a device's address, size and interrupts come from where the machine's maker wrote them.
//
//   DeviceTree tree = DeviceTree.Load("board.dtb");
//   SerialSystem serial = new(system, tree.Device("soc/serial@fe340000"));
//
// A .dtb file is read as it is; a .dts file goes through dtc (Debian: device-tree-compiler).

using System;
using System.Collections.Generic;
using System.ComponentModel;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Threading.Tasks;

namespace Pride.Description.DeviceTrees;

/// <summary>A device tree.</summary>
public sealed class DeviceTree
{
    private const string Rule = "device-tree";

    private DeviceTree(TreeNode root, string origin) => (Root, Origin) = (root, origin);

    public TreeNode Root { get; }

    /// <summary>The file it came from.</summary>
    public string Origin { get; }

    /// <summary>Main memory.</summary>
    public IReadOnlyList<BoardMemory> Memory =>
        [.. Root.Children.Where(n => n.Strings("device_type") is ["memory"] && n.IsEnabled).SelectMany(n => n.Registers).Select(r => new BoardMemory(r.Base, r.Size))];

    /// <summary>Reads a .dtb or .dts file.</summary>
    /// <exception cref="InvalidDataException">It is no device tree, or dtc refuses it.</exception>
    /// <exception cref="SystemDescriptionException">It is source, and dtc is not there.</exception>
    public static DeviceTree Load(string path) =>
        Read(Path.GetExtension(path) == ".dts" ? Compile(path) : File.ReadAllBytes(path), path);

    /// <summary>Reads a flattened tree; <paramref name="origin"/> is its name in messages.</summary>
    /// <exception cref="InvalidDataException">It is no device tree, or a damaged one.</exception>
    public static DeviceTree Read(ReadOnlySpan<byte> blob, string origin) => new(FlattenedTree.Read(blob, origin), origin);

    /// <summary>The node at <paramref name="path"/>: from the root, or an alias ("serial0") and what follows it.</summary>
    /// <exception cref="SystemDescriptionException">There is no such node.</exception>
    public TreeNode Node(string path)
    {
        string[] parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        TreeNode node = Root;
        if (!path.StartsWith('/') && parts.Length > 0 && Alias(parts[0]) is { } alias)
        {
            (node, parts) = (Node(alias), parts[1..]);
        }

        foreach (string part in parts)
        {
            node = node.Children.FirstOrDefault(c => c.Name == part) ?? throw new SystemDescriptionException(
                Rule, $"{Origin}: node {node.Path} has no child '{part}'", $"use one of: {string.Join(", ", node.Children.Select(c => c.Name))}");
        }

        return node;
    }

    /// <summary>The enabled nodes that say that they are <paramref name="compatible"/>, in the tree's order.</summary>
    public IEnumerable<TreeNode> Compatible(string compatible) => Root.All.Where(n => n.IsEnabled && n.Compatible.Contains(compatible));

    /// <summary>The device at <paramref name="path"/>, as a board file would describe it.</summary>
    /// <param name="path">As for <see cref="Node"/>.</param>
    /// <param name="compatible">Which of its names the driver goes by; null: the first, the most specific one.</param>
    /// <param name="name">How the description calls it; null: the node's name.</param>
    /// <exception cref="SystemDescriptionException">There is none, it is disabled, it is something else, or its properties are malformed.</exception>
    public BoardDevice Device(string path, string? compatible = null, string? name = null)
    {
        TreeNode node = Node(path);
        if (!node.IsEnabled)
        {
            throw new SystemDescriptionException(Rule, $"{Origin}: node {node.Path} is '{node.Strings("status")[0]}'", "choose another device, or enable it in the tree");
        }

        if (compatible is not null && !node.Compatible.Contains(compatible))
        {
            throw new SystemDescriptionException(Rule, $"{Origin}: node {node.Path} is no {compatible}", $"it is: {string.Join(", ", node.Compatible)}");
        }

        TreeRange registers = node.Registers.FirstOrDefault();
        IReadOnlyList<TreeInterrupt> lines = TreeInterrupts.Of(node, this);
        return new BoardDevice(
            name ?? node.Name,
            compatible ?? node.Compatible.FirstOrDefault() ?? throw node.Bad("compatible", "is missing"),
            registers.Base,
            registers.Size,
            [.. lines.Select(l => l.Number)],
            lines.Count > 0 ? lines[0].Trigger : Trigger.Level);
    }

    private string? Alias(string name) => Root.Children.FirstOrDefault(c => c.Name == "aliases")?.Strings(name).FirstOrDefault();

    private static byte[] Compile(string source)
    {
        string output = Path.GetTempFileName();
        try
        {
            ProcessStartInfo info = new("dtc", ["-q", "-I", "dts", "-O", "dtb", "-o", output, source]) { RedirectStandardError = true, RedirectStandardOutput = true };
            using Process dtc = Process.Start(info)!;
            Task<string> rest = dtc.StandardOutput.ReadToEndAsync();
            string errors = dtc.StandardError.ReadToEnd();
            dtc.WaitForExit();
            rest.Wait();
            return dtc.ExitCode == 0 ? File.ReadAllBytes(output) : throw new InvalidDataException($"{source}: dtc refuses it:\n{errors.Trim()}");
        }
        catch (Win32Exception e)
        {
            throw new SystemDescriptionException(Rule, $"{source}: cannot start dtc: {e.Message}", "install device-tree-compiler, or give the .dtb file");
        }
        finally
        {
            File.Delete(output);
        }
    }
}
