// Wrong memory regions, mappings and I/O address spaces.

using System.Collections.Generic;
using static Pride.Description.Tests.Sdf.WrongDescription;

namespace Pride.Description.Tests.Sdf;

internal static class WrongMemory
{
    private const string At = "mr=\"m\" vaddr=\"0x4000000\"";
    private const string Nic = "name=\"nic\" peripheral_id=\"01:1f.2\" domain_id=\"1\"";
    private const string IoMap = "<iomap mr=\"m\" iovaddr=\"0x1000\"/>";

    public static IEnumerable<WrongDescription> All => [.. Regions, .. Prefills, .. Maps, .. Spaces, .. IoMaps];

    private static IEnumerable<WrongDescription> Regions =>
    [
        new("memory_region: no name", "<memory_region size=\"0x1000\"/>" + Pd(), "sdf-missing", "attribute 'name' is missing"),
        new("memory_region: empty name", Mr(name: "") + Pd(), "sdf-empty", "attribute 'name' is empty"),
        new("memory_region: name twice", Mr() + Mr() + Pd(), "region-name", "2 regions are called 'm'"),
        new("memory_region: no size", "<memory_region name=\"m\"/>" + Pd(), "sdf-missing", "attribute 'size' is missing"),
        new("memory_region: empty size", "<memory_region name=\"m\" size=\"\"/>" + Pd(), "sdf-empty", "attribute 'size' is empty"),
        new("memory_region: size no number", Mapped(At, "size=\"4K\""), "sdf-number", "size=\"4K\" is not a number"),
        new("memory_region: negative size", Mapped(At, "size=\"-4096\""), "sdf-number", "size=\"-4096\" is not a number"),
        new("memory_region: size beyond 64 bits", Mapped(At, "size=\"0x1_0000_0000_0000_0000\""), "sdf-number", "is not a number"),
        new("memory_region: size 0", Mapped(At, "size=\"0\""), "region-size", "region 'm' is empty"),
        new("memory_region: size not made of pages", Mapped(At, "size=\"0x1001\""), "region-size", "size 0x1001 is not a multiple of the page size"),
        new("memory_region: pages of 64 KiB", Mapped(At, "size=\"0x10000\" page_size=\"0x10000\""), "page-size", "asks for pages of 0x10000 bytes"),
        new("memory_region: page_size no number", Mapped(At, "size=\"0x1000\" page_size=\"small\""), "sdf-number", "page_size=\"small\" is not a number"),
        new("memory_region: half a large page", Mapped(At, "size=\"0x100000\" page_size=\"0x200000\""), "region-alignment", "is not made of whole pages of 0x200000 bytes"),
        new("memory_region: phys_addr inside a large page", Mapped(At, "size=\"0x200000\" page_size=\"0x200000\" phys_addr=\"0x48001000\""), "region-alignment", "at 0x48001000"),
        new("memory_region: phys_addr inside a page", Mapped(At, "size=\"0x1000\" page_size=\"0x1000\" phys_addr=\"0x9000800\""), "region-alignment", "at 0x9000800"),
        new("memory_region: phys_addr inside a page of no given size", Mapped(At, "size=\"0x1000\" phys_addr=\"0x9000800\""), "region-alignment", "at 0x9000800"),
        new("memory_region: phys_addr no number", Mapped(At, "size=\"0x1000\" phys_addr=\"uart\""), "sdf-number", "phys_addr=\"uart\" is not a number"),
        new("memory_region: phys_addr beyond the machine", Mapped(At, "size=\"0x1000\" phys_addr=\"0xfffffffffffff000\""), "region-range", "at 0xfffffffffffff000"),
        new("memory_region: half of it behind main memory", Mapped(At, "size=\"0x2000\" phys_addr=\"0x4ffff000\""), "region-range", "at 0x4ffff000"),
        new("memory_region: two at one place", Mr("phys_addr=\"0x9000000\"") + Mr("phys_addr=\"0x9000000\"", "n") + Pd(), "region-overlap", "share physical pages at 0x9000000"),
        new("memory_region: two that overlap", "<memory_region name=\"m\" size=\"0x2000\" phys_addr=\"0x9000000\"/>" + Mr("phys_addr=\"0x9001000\"", "n") + Pd(), "region-overlap", "regions 'm' and 'n'"),
        new("memory_region: unknown attribute", Mr("cached=\"true\"") + Pd(), "sdf-attribute", "attribute 'cached' is not known here"),
        new("memory_region: child element", "<memory_region name=\"m\" size=\"0x1000\"><map/></memory_region>" + Pd(), "sdf-element", "element 'map' is not known in 'memory_region'"),
    ];

    private static IEnumerable<WrongDescription> Prefills =>
    [
        new("prefill_path: no such file", Mapped(At, "prefill_path=\"none.bin\""), "sdf-file", "the prefill file 'none.bin' is in none of the search paths"),
        new("prefill_path: empty", Mapped(At, "prefill_path=\"\""), "sdf-empty", "attribute 'prefill_path' is empty"),
        new("prefill_path: an empty file", Mapped(At, "prefill_path=\"empty.bin\""), "prefill-empty", "the prefill file 'empty.bin' is empty"),
        new("prefill_path: more than the region", Mapped(At, "size=\"0x1000\" prefill_path=\"two-pages.bin\""), "prefill-size", "the region has 0x1000 bytes, the file that fills it 0x1001"),
        new("prefill_bootinfo: unknown", Mapped(At, "prefill_bootinfo=\"x86_weather\""), "sdf-choice", "prefill_bootinfo=\"x86_weather\" is none of the choices"),
        new("prefill_bootinfo: and prefill_path", Mapped(At, "prefill_bootinfo=\"x86_vbe\" prefill_path=\"word.bin\""), "prefill-twice", "both prefill_path and prefill_bootinfo"),
        new("setvar_prefill_size: nothing fills the region", Mapped($"{At} setvar_prefill_size=\"s\""), "setvar-prefill", "but nothing does"),
    ];

    private static IEnumerable<WrongDescription> Maps =>
    [
        new("map: no mr", Mapped("vaddr=\"0x4000000\""), "sdf-missing", "attribute 'mr' is missing"),
        new("map: empty mr", Mapped("mr=\"\" vaddr=\"0x4000000\""), "sdf-empty", "attribute 'mr' is empty"),
        new("map: no such region", Mapped("mr=\"n\" vaddr=\"0x4000000\""), "sdf-name", "there is no memory_region 'n'"),
        new("map: no vaddr", Mapped("mr=\"m\""), "sdf-missing", "attribute 'vaddr' is missing"),
        new("map: vaddr no number", Mapped("mr=\"m\" vaddr=\"here\""), "sdf-number", "vaddr=\"here\" is not a number"),
        new("map: vaddr with a wrong digit", Mapped("mr=\"m\" vaddr=\"0x40g0000\""), "sdf-number", "vaddr=\"0x40g0000\" is not a number"),
        new("map: vaddr inside a page", Mapped("mr=\"m\" vaddr=\"0x4000800\""), "mapping-alignment", "at 0x4000800, inside a page"),
        new("map: vaddr inside a large page", Mapped("mr=\"m\" vaddr=\"0x4001000\"", "size=\"0x200000\" page_size=\"0x200000\""), "mapping-alignment", "at 0x4001000, inside a page"),
        new("map: page 0", Mapped("mr=\"m\" vaddr=\"0\""), "mapping-overlap", "page 0"),
        new("map: over the stack", Mapped("mr=\"m\" vaddr=\"0x3fffffd000\""), "mapping-overlap", "the stack and the IPC buffer"),
        new("map: over the guard below the stack", Mapped("mr=\"m\" vaddr=\"0x3fffffb000\""), "mapping-overlap", "the stack and the IPC buffer"),
        new("map: beyond user space", Mapped("mr=\"m\" vaddr=\"0x800000000000\""), "mapping-range", "beyond the end of its address space"),
        new("map: end beyond all addresses", Mapped("mr=\"m\" vaddr=\"0xfffffffffffff000\""), "mapping-range", "beyond the end of its address space"),
        new("map: larger than user space", Mapped(At, "size=\"0x1000000000000\""), "mapping-range", "(0x1000000000000 bytes)"),
        new("map: two that overlap", Mr() + Mr(name: "n") + Pd(inner: $"<map {At}/><map mr=\"n\" vaddr=\"0x4000000\"/>"), "mapping-overlap", "overlaps region"),
        new("map: one inside another", "<memory_region name=\"m\" size=\"0x3000\"/>" + Mr(name: "n") + Pd(inner: $"<map {At}/><map mr=\"n\" vaddr=\"0x4001000\"/>"), "mapping-overlap", "in PD 'a', region 'n' at 0x4001000 overlaps region 'm', which ends at 0x4003000"),
        new("map: perms with another letter", Mapped($"{At} perms=\"rwz\""), "sdf-perms", "perms=\"rwz\" is not made of the letters 'rwx'"),
        new("map: empty perms", Mapped($"{At} perms=\"\""), "sdf-perms", "perms=\"\" is not made of the letters 'rwx'"),
        new("map: capital perms", Mapped($"{At} perms=\"RW\""), "sdf-perms", "perms=\"RW\""),
        new("map: write only", Mapped($"{At} perms=\"w\""), "mapping-rights", "with rights 'Write'"),
        new("map: execute only", Mapped($"{At} perms=\"x\""), "mapping-rights", "with rights 'Execute'"),
        new("map: writable and executable", Mapped($"{At} perms=\"rwx\""), "w-xor-x", "both writable and executable"),
        new("map: cached is no", Mapped($"{At} cached=\"no\""), "sdf-choice", "cached=\"no\" is none of the choices"),
        new("map: empty setvar_vaddr", Mapped($"{At} setvar_vaddr=\"\""), "sdf-empty", "attribute 'setvar_vaddr' is empty"),
        new("map: empty setvar_size", Mapped($"{At} setvar_size=\"\""), "sdf-empty", "attribute 'setvar_size' is empty"),
        new("map: empty setvar_prefill_size", Mapped($"{At} setvar_prefill_size=\"\""), "sdf-empty", "attribute 'setvar_prefill_size' is empty"),
        new("map: unknown attribute", Mapped($"{At} size=\"0x1000\""), "sdf-attribute", "attribute 'size' is not known here"),
        new("map: child element", Mr() + Pd(inner: $"<map {At}><x/></map>"), "sdf-element", "element 'x' is not known in 'map'"),
    ];

    private static IEnumerable<WrongDescription> Spaces =>
    [
        X86("io_address_space: no name", Space("peripheral_id=\"01:1f.2\" domain_id=\"1\"", IoMap), "sdf-missing", "attribute 'name' is missing"),
        X86("io_address_space: no peripheral_id", Space("name=\"nic\" domain_id=\"1\"", IoMap), "sdf-missing", "attribute 'peripheral_id' is missing"),
        X86("io_address_space: no domain_id", Space("name=\"nic\" peripheral_id=\"01:1f.2\"", IoMap), "sdf-missing", "attribute 'domain_id' is missing"),
        X86("io_address_space: domain_id no number", Space("name=\"nic\" peripheral_id=\"01:1f.2\" domain_id=\"x\"", IoMap), "sdf-number", "domain_id=\"x\" is not a number"),
        X86("io_address_space: peripheral without a function", Space("name=\"nic\" peripheral_id=\"01:1f\" domain_id=\"1\"", IoMap), "pci-address", "peripheral_id=\"01:1f\" is not the address of a PCI function"),
        X86("io_address_space: name twice", Space(Nic, IoMap) + "<io_address_space name=\"nic\" peripheral_id=\"02:00.0\" domain_id=\"2\"/>", "iommu-name", "2 I/O address spaces are called 'nic'"),
        X86("io_address_space: peripheral twice", Space(Nic, IoMap) + "<io_address_space name=\"two\" peripheral_id=\"01:1f.2\" domain_id=\"2\"/>", "iommu-peripheral", "peripheral 01:1f.2 has 2 I/O address spaces"),
        X86("io_address_space: domain_id twice", Space(Nic, IoMap) + "<io_address_space name=\"two\" peripheral_id=\"02:00.0\" domain_id=\"1\"/>", "iommu-domain", "2 I/O address spaces have domain id 1"),
        X86("io_address_space: unknown attribute", Space($"{Nic} x=\"1\"", IoMap), "sdf-attribute", "attribute 'x' is not known here"),
        X86("io_address_space: unknown element", Space(Nic, "<map/>"), "sdf-element", "element 'map' is not known in 'io_address_space'"),
        new("io_address_space: a machine without IOMMU", Space(Nic, IoMap), "iommu", "has no IOMMU that the kernel drives") { Target = Target.X64WithoutIommu },
        new("io_address_space: on Arm", Space(Nic, IoMap), "iommu", "has no IOMMU that the kernel drives"),
    ];

    private static IEnumerable<WrongDescription> IoMaps =>
    [
        X86("iomap: no mr", Space(Nic, "<iomap iovaddr=\"0x1000\"/>"), "sdf-missing", "attribute 'mr' is missing"),
        X86("iomap: no such region", Space(Nic, "<iomap mr=\"n\" iovaddr=\"0x1000\"/>"), "sdf-name", "there is no memory_region 'n'"),
        X86("iomap: no iovaddr", Space(Nic, "<iomap mr=\"m\"/>"), "sdf-missing", "attribute 'iovaddr' is missing"),
        X86("iomap: iovaddr no number", Space(Nic, "<iomap mr=\"m\" iovaddr=\"low\"/>"), "sdf-number", "iovaddr=\"low\" is not a number"),
        X86("iomap: iovaddr inside a page", Space(Nic, "<iomap mr=\"m\" iovaddr=\"0x1800\"/>"), "iommu-alignment", "at 0x1800, inside a page"),
        X86("iomap: iovaddr of 40 bits", Space(Nic, "<iomap mr=\"m\" iovaddr=\"0x8000000000\"/>"), "iommu-range", "at 0x8000000000"),
        X86("iomap: end beyond 39 bits", Space(Nic, "<iomap mr=\"m\" iovaddr=\"0x7ffffff000\"/>", "size=\"0x2000\""), "iommu-range", "at 0x7ffffff000"),
        X86("iomap: two that overlap", Space(Nic, IoMap + IoMap), "iommu-overlap", "in 'nic', region 'm' at 0x1000 overlaps"),
        X86("iomap: execute", Space(Nic, "<iomap mr=\"m\" iovaddr=\"0x1000\" perms=\"rx\"/>"), "sdf-perms", "perms=\"rx\" is not made of the letters 'rw'"),
        X86("iomap: empty perms", Space(Nic, "<iomap mr=\"m\" iovaddr=\"0x1000\" perms=\"\"/>"), "sdf-perms", "perms=\"\""),
        X86("iomap: large pages", Space(Nic, "<iomap mr=\"m\" iovaddr=\"0x1000\"/>", "size=\"0x200000\" page_size=\"0x200000\""), "iommu-page-size", "which has large pages"),
        X86("iomap: unknown attribute", Space(Nic, "<iomap mr=\"m\" iovaddr=\"0x1000\" cached=\"true\"/>"), "sdf-attribute", "attribute 'cached' is not known here"),
    ];

    private static WrongDescription X86(string mistake, string body, string rule, string message) => new(mistake, body, rule, message) { Target = Target.X64 };
}
