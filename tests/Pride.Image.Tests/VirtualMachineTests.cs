// Virtual machines in an SDF file: what is refused, and how a guest's memory is described to the CPU.

using System;
using System.IO;
using Pride.Description;
using Pride.Description.Sdf;
using Pride.Kernel.Objects;
using Xunit;

namespace Pride.Image.Tests;

public sealed class VirtualMachineTests
{
    [Theory]
    [InlineData("<vcpu id=\"0\" cpu=\"1\"/>", "is to run on core 1")]
    [InlineData("<vcpu id=\"0\"/><map mr=\"m\" vaddr=\"0x7fffff_f000\" perms=\"rw\"/>", "a guest's addresses end at")]
    public void What_this_kernel_cannot_give_a_guest_is_refused(string inMachine, string message)
    {
        Board board = Board.Load(TestFiles.RepositoryRoot(), "qemu-virt-aarch64-hyp") with { Cores = 2 };
        string text = "<system><memory_region name=\"m\" size=\"0x2000\"/><protection_domain name=\"a\"><program_image path=\"Pride.Image.Tests.dll\"/>"
            + $"<virtual_machine name=\"v\">{inMachine}</virtual_machine></protection_domain></system>";
        SystemBuilder system = SdfReader.Read(text, "test.system", board, new SdfFiles([AppContext.BaseDirectory]));
        ImageException e = Assert.Throws<ImageException>(() => ImageBuilder.Build(
            system, TestFiles.Kernel(), null, _ => throw new InvalidDataException("a program was looked at"), new ImageOptions(true)));
        Assert.Contains(message, e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, true, MemoryKind.Normal, 0x7FFUL, 0UL)]
    [InlineData(false, false, MemoryKind.Normal, 0x77FUL, 1UL << 54)]
    [InlineData(true, false, MemoryKind.Device, 0x4C3UL, 1UL << 54)]
    public void A_second_stage_page_says_what_a_guest_may_do(bool writable, bool executable, MemoryKind memory, ulong low, ulong high)
    {
        ulong entry = Aarch64SecondStage.Page(0x4020_3000, new PageMapping(User: true, writable, executable, memory));
        Assert.Equal(0x4020_3000UL, Aarch64SecondStage.Address(entry));
        Assert.Equal(low, entry & 0xFFF);
        Assert.Equal(high, entry & (1UL << 54));
        Assert.Equal(memory != MemoryKind.Device, Aarch64SecondStage.IsUserMemory(entry));
        Assert.Equal(1, Aarch64SecondStage.Index(0x4000_0000, 0));
        Assert.Equal(511, Aarch64SecondStage.Index(0x3FFF_F000, 2));
    }
}
