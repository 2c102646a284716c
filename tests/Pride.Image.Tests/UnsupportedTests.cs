// What a description may say but the kernel does not have is refused, by name and place, before anything is laid out.

using System;
using System.IO;
using Pride.Description;
using Pride.Description.Sdf;
using Pride.Machine;
using Xunit;

namespace Pride.Image.Tests;

public sealed class UnsupportedTests
{
    private const string Image = "<program_image path=\"Pride.Image.Tests.dll\"/>";

    [Theory]
    [InlineData(Architecture.X64, "<virtual_machine name=\"v\"><vcpu id=\"0\"/></virtual_machine>", "", "runs none on X64")]
    [InlineData(Architecture.AArch64, "<cspace><cap_vspace slot=\"1\" pd=\"a\"/></cspace>", "", "a cap to the address space of 'a'")]
    [InlineData(Architecture.AArch64, "<map mr=\"m\" vaddr=\"0x4000000\"/>", "<memory_region name=\"m\" prefill_bootinfo=\"fdt\"/>", "the boot loader's 'fdt'")]
    [InlineData(Architecture.X64, "<irq pin=\"24\" vector=\"5\" id=\"1\"/>", "", "pins of the first I/O APIC")]
    [InlineData(Architecture.X64, "<irq pin=\"17\" vector=\"5\" id=\"1\"/><irq pcidev=\"00:02.0\" handle=\"0\" vector=\"1\" id=\"2\"/>", "", "by a number that another interrupt has")]
    [InlineData(Architecture.X64, "<irq pin=\"4\" ioapic=\"1\" vector=\"5\" id=\"1\"/>", "", "pins of the first I/O APIC")]
    [InlineData(
        Architecture.X64,
        "<map mr=\"m\" vaddr=\"0x4000000\"/>",
        "<memory_region name=\"m\" size=\"0x1000\"/><io_address_space name=\"nic\" peripheral_id=\"01:00.0\" domain_id=\"0\"><iomap mr=\"m\" iovaddr=\"0x1000\"/></io_address_space>",
        "I/O address space 'nic'")]
    public void What_the_kernel_does_not_have_is_refused(Architecture architecture, string inPd, string inSystem, string message)
    {
        Board board = Board.Load(TestFiles.RepositoryRoot(), "qemu-virt-aarch64") with { Architecture = architecture, Hypervisor = true, Iommu = true };
        string text = $"<system>{inSystem}<protection_domain name=\"a\">{Image}{inPd}</protection_domain></system>";
        SystemBuilder system = SdfReader.Read(text, "test.system", board, new SdfFiles([AppContext.BaseDirectory]));
        ImageException e = Assert.Throws<ImageException>(() => ImageBuilder.Build(
            system, TestFiles.Kernel(), null, _ => throw new InvalidDataException("a program was looked at"), new ImageOptions(true)));
        Assert.Contains(message, e.Message, StringComparison.Ordinal);
    }
}
