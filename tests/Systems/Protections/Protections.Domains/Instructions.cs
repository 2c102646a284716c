// Instructions that a PD may not use.

using System;
using Pride.Machine;

namespace Protections.Domains;

internal static class Instructions
{
    private const string NotOnHost = "an x86-64 instruction has no model on the host";

    /// <summary>Reads where the kernel's descriptors are: not privileged by itself, refused by UMIP (Intel SDM volume 3, 2.5).</summary>
    [InlineAssembly(Architecture.X64, "subq $$16, %rsp; sgdt (%rsp); addq $$16, %rsp", "~{memory}")]
    public static void ReadDescriptorTable() => throw new PlatformNotSupportedException(NotOnHost);

    /// <summary>Reads a port of the old interrupt controller.</summary>
    [InlineAssembly(Architecture.X64, "inb $$0x21, %al; movzbl %al, %eax", "={eax},~{memory}")]
    public static uint ReadPort() => throw new PlatformNotSupportedException(NotOnHost);

    [InlineAssembly(Architecture.X64, "cli", "~{memory}")]
    public static void MaskInterrupts() => throw new PlatformNotSupportedException(NotOnHost);
}
