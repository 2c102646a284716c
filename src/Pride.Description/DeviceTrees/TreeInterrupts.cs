// The interrupt lines of a device as the kernel numbers them.
//
// A node's interrupts are cells that its interrupt controller understands (Devicetree Specification 0.4, 2.4). For Arm's GIC: kind, number, flags
// (Linux, Documentation/devicetree/bindings/interrupt-controller/arm,gic.yaml); kernels number lines by INTID. For RISC-V's PLIC: the number alone, or number and flags.

using System;
using System.Collections.Generic;
using System.Linq;

namespace Pride.Description.DeviceTrees;

/// <summary>One line.</summary>
/// <param name="Number">The INTID on Arm, the source on RISC-V.</param>
/// <param name="Trigger">How it signals.</param>
public readonly record struct TreeInterrupt(uint Number, Trigger Trigger);

/// <summary>Reads them.</summary>
public static class TreeInterrupts
{
    /// <summary>INTID of the first shared line.</summary>
    private const uint FirstShared = 32;

    /// <summary>INTID of the first line that each core has for itself.</summary>
    private const uint FirstPrivate = 16;

    private const uint EdgeFlags = 3;

    /// <summary>The lines of <paramref name="node"/>, in its order.</summary>
    /// <exception cref="SystemDescriptionException">They go to a controller that is not known, or are malformed.</exception>
    public static IReadOnlyList<TreeInterrupt> Of(TreeNode node, DeviceTree tree)
    {
        if (node.Properties.ContainsKey("interrupts-extended"))
        {
            return [.. Extended(node, tree)];
        }

        uint[] cells = node.Cells("interrupts");
        if (cells.Length == 0)
        {
            return [];
        }

        TreeNode? holder = node;
        while (holder is not null && !holder.Properties.ContainsKey("interrupt-parent"))
        {
            holder = holder.Parent;
        }

        TreeNode controller = Controller(holder?.Cells("interrupt-parent") is [var handle, ..] ? handle : throw node.Bad("interrupts", "go to no controller"), node, tree);
        int each = CellsOf(controller);
        return cells.Length % each == 0
            ? [.. cells.Chunk(each).Select(c => Line(c, controller, node))]
            : throw node.Bad("interrupts", $"has {cells.Length} cells, which are no entries of {each}");
    }

    private static IEnumerable<TreeInterrupt> Extended(TreeNode node, DeviceTree tree)
    {
        uint[] cells = node.Cells("interrupts-extended");
        for (int at = 0; at < cells.Length;)
        {
            TreeNode controller = Controller(cells[at], node, tree);
            int each = CellsOf(controller);
            if (at + 1 + each > cells.Length)
            {
                throw node.Bad("interrupts-extended", "is cut off");
            }

            yield return Line(cells[(at + 1)..(at + 1 + each)], controller, node);
            at += 1 + each;
        }
    }

    private static TreeNode Controller(uint handle, TreeNode node, DeviceTree tree) =>
        tree.Root.All.FirstOrDefault(n => n.Cells("phandle") is [var own, ..] && own == handle) ?? throw node.Bad("interrupt-parent", $"names no node: 0x{handle:x}");

    private static int CellsOf(TreeNode controller) => controller.Cells("#interrupt-cells") is [> 0 and var cells, ..]
        ? (int)cells
        : throw controller.Bad("#interrupt-cells", "is missing");

    private static TreeInterrupt Line(uint[] cells, TreeNode controller, TreeNode node)
    {
        if (controller.Compatible.Any(c => c.StartsWith("arm,gic-", StringComparison.Ordinal) || c.EndsWith("-gic", StringComparison.Ordinal)) && cells.Length >= 3)
        {
            uint first = cells[0] switch
            {
                0 => FirstShared,
                1 => FirstPrivate,
                _ => throw node.Bad("interrupts", $"has a line of kind {cells[0]}; 0 (shared) and 1 (private) are known"),
            };
            return new TreeInterrupt(first + cells[1], TriggerOf(cells[2]));
        }

        return controller.Compatible.Any(c => c.Contains("plic", StringComparison.Ordinal))
            ? new TreeInterrupt(cells[0], cells.Length > 1 ? TriggerOf(cells[1]) : Trigger.Level)
            : throw node.Bad("interrupts", $"go to {controller.Path} ({string.Join(", ", controller.Compatible)}), which is neither a GIC nor a PLIC");
    }

    private static Trigger TriggerOf(uint flags) => (flags & EdgeFlags) != 0 ? Trigger.Edge : Trigger.Level;
}
