// Device registers: one access of exact width, never split, merged, repeated or reordered by the compiler.
//
// On AArch64 the access is inline assembly with a plain base register, because a hypervisor can only
// emulate loads and stores whose syndrome names the register (no write-back forms; Arm ARM, ISS for data aborts).

using System;

namespace Pride.Machine;

/// <summary>A device's register window. The offsets are the device manual's, in bytes.</summary>
public readonly struct Mmio(Region region)
{
    private readonly nuint _base = region.Address;
    private readonly nuint _size = (nuint)region.Size;

    public uint Read32(nuint offset) => Access.Load32(At(offset, sizeof(uint)));

    public void Write32(nuint offset, uint value) => Access.Store32(At(offset, sizeof(uint)), value);

    public ulong Read64(nuint offset) => Access.Load64(At(offset, sizeof(ulong)));

    public void Write64(nuint offset, ulong value) => Access.Store64(At(offset, sizeof(ulong)), value);

    public ushort Read16(nuint offset) => (ushort)Access.Load16(At(offset, sizeof(ushort)));

    public void Write16(nuint offset, ushort value) => Access.Store16(At(offset, sizeof(ushort)), value);

    public byte Read8(nuint offset) => (byte)Access.Load8(At(offset, sizeof(byte)));

    public void Write8(nuint offset, byte value) => Access.Store8(At(offset, sizeof(byte)), value);

    private nuint At(nuint offset, nuint width)
    {
        if (offset > _size || _size - offset < width)
        {
            ThrowOutside(offset);
        }

        return _base + offset;
    }

    private static void ThrowOutside(nuint offset) =>
        throw new ArgumentOutOfRangeException(nameof(offset), offset, "outside the device's register window");

    /// <summary>The accesses by address, for the kernel and for code that has checked the address itself.</summary>
    public static unsafe class Access
    {
        [InlineAssembly(Architecture.AArch64, "ldr ${0:w}, [$1]", "=r,r,~{memory}")]
        [InlineAssembly(Architecture.RiscV64, "lwu $0, 0($1)", "=r,r,~{memory}")]
        [InlineAssembly(Architecture.X64, "movl ($1), ${0:k}", "=r,r,~{memory}")]
        public static uint Load32(nuint address) => HostBus is { } bus ? (uint)bus.Load(address, sizeof(uint)) : *(uint*)address;

        [InlineAssembly(Architecture.AArch64, "str ${1:w}, [$0]", "r,r,~{memory}")]
        [InlineAssembly(Architecture.RiscV64, "sw $1, 0($0)", "r,r,~{memory}")]
        [InlineAssembly(Architecture.X64, "movl ${1:k}, ($0)", "r,r,~{memory}")]
        public static void Store32(nuint address, uint value) => HostStore(address, sizeof(uint), value);

        [InlineAssembly(Architecture.AArch64, "ldr $0, [$1]", "=r,r,~{memory}")]
        [InlineAssembly(Architecture.RiscV64, "ld $0, 0($1)", "=r,r,~{memory}")]
        [InlineAssembly(Architecture.X64, "movq ($1), $0", "=r,r,~{memory}")]
        public static ulong Load64(nuint address) => HostBus is { } bus ? bus.Load(address, sizeof(ulong)) : *(ulong*)address;

        [InlineAssembly(Architecture.AArch64, "str $1, [$0]", "r,r,~{memory}")]
        [InlineAssembly(Architecture.RiscV64, "sd $1, 0($0)", "r,r,~{memory}")]
        [InlineAssembly(Architecture.X64, "movq $1, ($0)", "r,r,~{memory}")]
        public static void Store64(nuint address, ulong value) => HostStore(address, sizeof(ulong), value);

        [InlineAssembly(Architecture.AArch64, "ldrh ${0:w}, [$1]", "=r,r,~{memory}")]
        [InlineAssembly(Architecture.RiscV64, "lhu $0, 0($1)", "=r,r,~{memory}")]
        [InlineAssembly(Architecture.X64, "movzwl ($1), ${0:k}", "=r,r,~{memory}")]
        public static uint Load16(nuint address) => HostBus is { } bus ? (uint)bus.Load(address, sizeof(ushort)) : *(ushort*)address;

        [InlineAssembly(Architecture.AArch64, "strh ${1:w}, [$0]", "r,r,~{memory}")]
        [InlineAssembly(Architecture.RiscV64, "sh $1, 0($0)", "r,r,~{memory}")]
        [InlineAssembly(Architecture.X64, "movw ${1:w}, ($0)", "r,r,~{memory}")]
        public static void Store16(nuint address, uint value) => HostStore(address, sizeof(ushort), value);

        [InlineAssembly(Architecture.AArch64, "ldrb ${0:w}, [$1]", "=r,r,~{memory}")]
        [InlineAssembly(Architecture.RiscV64, "lbu $0, 0($1)", "=r,r,~{memory}")]
        [InlineAssembly(Architecture.X64, "movzbl ($1), ${0:k}", "=r,r,~{memory}")]
        public static uint Load8(nuint address) => HostBus is { } bus ? (uint)bus.Load(address, sizeof(byte)) : *(byte*)address;

        [InlineAssembly(Architecture.AArch64, "strb ${1:w}, [$0]", "r,r,~{memory}")]
        [InlineAssembly(Architecture.RiscV64, "sb $1, 0($0)", "r,r,~{memory}")]
        [InlineAssembly(Architecture.X64, "movb ${1:b}, ($0)", "r,r,~{memory}")]
        public static void Store8(nuint address, uint value) => HostStore(address, sizeof(byte), value);

        /// <summary>On the host only: the simulated devices that tests put behind register windows.</summary>
        [field: ThreadStatic]
        public static IHostBus? HostBus { get; set; }

        private static void HostStore(nuint address, int width, ulong value)
        {
            IHostBus bus = HostBus ?? throw new InvalidOperationException("no simulated bus is set for this thread");
            bus.Store(address, width, value);
        }
    }
}

/// <summary>A simulated bus for tests on the host: register windows answered by device models.</summary>
public interface IHostBus
{
    /// <summary>A load of <paramref name="width"/> bytes (1, 2, 4 or 8).</summary>
    ulong Load(nuint address, int width);

    /// <summary>A store of <paramref name="width"/> bytes (1, 2, 4 or 8).</summary>
    void Store(nuint address, int width, ulong value);
}
