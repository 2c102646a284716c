// memory_region: a run of memory, where it lies and what fills it.

using System;
using System.IO;
using System.Linq;

namespace Pride.Description.Sdf;

internal static class MemoryRegionElement
{
    /// <summary>What the boot loader of seL4's machines may hand over (Microkit 2.3, <c>prefill_bootinfo</c>).</summary>
    private static readonly string[] s_bootInformation = ["x86_vbe", "x86_mbmmap", "x86_acpi_rsdp", "x86_framebuffer", "x86_tsc_freq", "fdt"];

    public static void Read(SdfElement element)
    {
        element.Expect(["name", "size", "page_size", "phys_addr", "prefill_path", "prefill_bootinfo"], []);
        SystemBuilder system = element.Context.System;
        string? name = element.RequiredText("name");
        ReadOnlyMemory<byte> prefill = ReadPrefill(element);
        string? information = BootInformation(element);
        ulong? page = element.Number("page_size");
        ulong? address = element.Number("phys_addr");
        ulong size = Size(element, prefill, information, page ?? Limits.PageSize);
        if (name is null)
        {
            return;
        }

        MemoryRegion region = new(name, KindOf(system.Board, address, size), size, address, prefill)
        {
            PageSize = page,
            BootInformation = information,
            Origin = element.Origin,
            Window = (0, size),
        };
        element.Context.Regions.TryAdd(name, system.Keep(region));
    }

    private static RegionKind KindOf(Board board, ulong? address, ulong size)
    {
        if (address is not { } start)
        {
            return RegionKind.Memory;
        }

        ulong end = start > ulong.MaxValue - size ? ulong.MaxValue : start + size;
        return board.Memory.Any(m => start < m.Base + m.Size && m.Base < end) ? RegionKind.Dma : RegionKind.Device;
    }

    private static ulong Size(SdfElement element, ReadOnlyMemory<byte> prefill, string? information, ulong page)
    {
        ulong filled = prefill.Length > 0 && page is Limits.PageSize or Limits.LargePageSize ? Sizes.RoundUp((ulong)prefill.Length, page) : 0;
        if (element.Text("size") is null)
        {
            if (filled == 0 && information is null && element.Text("prefill_path") is null && element.Text("prefill_bootinfo") is null)
            {
                element.Problem("sdf-missing", "attribute 'size' is missing", "write size=\"...\"; only a region with a prefill has a size of its own");
            }

            return filled > 0 ? filled : page;
        }

        ulong size = element.RequiredNumber("size");
        if (size % Limits.PageSize != 0)
        {
            element.Problem("region-size", $"size 0x{size:x} is not a multiple of the page size", $"choose a multiple of 0x{Limits.PageSize:x}");
        }

        if (size < (ulong)prefill.Length)
        {
            element.Problem("prefill-size", $"the region has 0x{size:x} bytes, the file that fills it 0x{prefill.Length:x}", "make it larger, or leave the size out");
        }

        return size;
    }

    private static string? BootInformation(SdfElement element)
    {
        if (element.Text("prefill_bootinfo") is not { } kind)
        {
            return null;
        }

        if (element.Text("prefill_path") is not null)
        {
            element.Problem("prefill-twice", "both prefill_path and prefill_bootinfo are given", "leave one of them out");
        }

        if (!s_bootInformation.Contains(kind))
        {
            element.Problem("sdf-choice", $"prefill_bootinfo=\"{kind}\" is none of the choices", $"write one of: {string.Join(", ", s_bootInformation)}");
        }

        return kind;
    }

    private static ReadOnlyMemory<byte> ReadPrefill(SdfElement element)
    {
        if (element.Text("prefill_path") is null || element.RequiredText("prefill_path") is not { } name)
        {
            return default;
        }

        if (element.Context.Files.Find(name) is not { } path)
        {
            element.Problem("sdf-file", $"the prefill file '{name}' is in none of the search paths", "give its folder by --search-path");
            return default;
        }

        byte[] bytes = File.ReadAllBytes(path);
        if (bytes.Length == 0)
        {
            element.Problem("prefill-empty", $"the prefill file '{name}' is empty", "leave prefill_path out: regions are zeroed");
        }

        return bytes;
    }
}
