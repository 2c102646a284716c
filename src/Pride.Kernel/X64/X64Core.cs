// What a core needs to take system calls, interrupts and exceptions: descriptors, task state, the interrupt table, control registers.
//
// Each core's descriptors and task state lie in its CoreState; the interrupt table (Trap.S) is one for all. Protection that the CPU has is turned
// on: no execution (SMEP) and no access (SMAP) of PDs' pages by the kernel, no look at descriptor tables by PDs (UMIP).

using System.Runtime.InteropServices;
using Pride.Kernel.Objects;

namespace Pride.Kernel.X64;

/// <summary>A core's descriptors and control registers.</summary>
internal static unsafe class X64Core
{
    /// <summary>CR0: paging, write protection, native FPU errors, FPU instructions as TS says, protected mode (Entry.S sets the same).</summary>
    public const ulong Control0 = 0x8001_0033;

    /// <summary>CR0.TS: floating-point instructions fault.</summary>
    public const ulong TaskSwitched = 1 << 3;

    // Model-specific registers (Intel SDM volume 4).
    public const uint FsBase = 0xC000_0100;
    public const uint UserGsBase = 0xC000_0102;
    private const uint SystemCallSegments = 0xC000_0081;
    private const uint SystemCallEntry = 0xC000_0082;
    private const uint SystemCallFlagMask = 0xC000_0084;

    // CR4 (SDM volume 3, 2.5): physical address extension, machine checks, global pages, FXSAVE and SSE exceptions; and what CPUID leaf 7 must offer.
    private const ulong Control4 = (1 << 5) | (1 << 6) | (1 << 7) | (1 << 9) | (1 << 10);
    private const ulong NoUserTables = 1 << 11;
    private const ulong NoUserExecution = 1 << 20;
    private const ulong NoUserAccess = 1 << 21;
    private const uint FeatureLeaf = 7;
    private const uint FeatureNoUserExecution = 1 << 7;
    private const uint FeatureNoUserAccess = 1 << 20;
    private const uint FeatureNoUserTables = 1 << 2;

    // Selectors. Sysret adds 8 and 16 to its base, so PDs' data stands before their code.
    private const uint KernelCode = 0x08;
    private const uint SysretBase = 0x10;
    private const uint TaskSelector = 0x28;

    // Descriptors (SDM volume 3, 3.4.5): flat, accessed.
    private const ulong KernelCodeDescriptor = 0x00AF_9B00_0000_FFFF;
    private const ulong KernelDataDescriptor = 0x00CF_9300_0000_FFFF;
    private const ulong UserDataDescriptor = 0x00CF_F300_0000_FFFF;
    private const ulong UserCodeDescriptor = 0x00AF_FB00_0000_FFFF;
    private const int DescriptorCount = 7;
    private const ulong TaskDescriptor = 0x0000_8900_0000_0000;

    // Task state (SDM volume 3, 7.7): stack pointers for the kernel and for interrupts of stack 1; no I/O permission map.
    private const int TaskBytes = 104;
    private const int TaskKernelStack = 4;
    private const int TaskInterruptStack1 = 36;
    private const int TaskPortMap = 102;

    // A gate (SDM volume 3, 6.14.1): present, 64-bit interrupt gate; privilege 3 for what PDs may raise by an instruction.
    private const ulong Gate = 0x8E00;
    private const ulong GateForUsers = 0xEE00;
    private const int GateBytes = 16;
    private const int VectorStride = 16;
    private const int NonMaskable = 2;
    private const int DoubleFault = 8;
    private const int MachineCheck = 18;

    /// <summary>Flags that a system call turns off: single step, interrupts, direction, I/O privilege, nested task, alignment check (which would lift SMAP).</summary>
    private const ulong FlagsOff = (1 << 8) | (1 << 9) | (1 << 10) | (3 << 12) | (1 << 14) | (1 << 18);

    /// <summary>Fills the interrupt table, once.</summary>
    public static void FillInterruptTable()
    {
        ulong* table = (ulong*)(delegate*<void>)&InterruptTable;
        ulong target = (ulong)(delegate*<void>)&VectorTargets;
        for (int vector = 0; vector < X64Interrupts.Vectors; vector++)
        {
            // What may come at any instruction has a stack of its own.
            ulong stack = vector is NonMaskable or DoubleFault or MachineCheck ? 1UL : 0;
            ulong gate = vector == (int)Abi.X64Exceptions.Breakpoint ? GateForUsers : Gate;
            table[2 * vector] = (target & 0xFFFF) | ((ulong)KernelCode << 16) | (stack << 32) | (gate << 32) | ((target & 0xFFFF_0000) << 32);
            table[(2 * vector) + 1] = target >> 32;
            target += VectorStride;
        }
    }

    /// <summary>Turns this core's descriptors, interrupt table and system calls on.</summary>
    public static void Initialise(CoreState* core)
    {
        LoadDescriptors(core);
        TablePointer table = new(X64Interrupts.Vectors * GateBytes, (ulong)(delegate*<void>)&InterruptTable);
        X64Instructions.LoadInterruptTable(&table);

        X64Instructions.WriteModelRegister(SystemCallSegments, ((ulong)SysretBase << 48) | ((ulong)KernelCode << 32));
        X64Instructions.WriteModelRegister(SystemCallEntry, (ulong)(delegate*<void>)&SystemCall);
        X64Instructions.WriteModelRegister(SystemCallFlagMask, FlagsOff);
        X64Instructions.WriteModelRegister(FsBase, 0);
        X64Instructions.WriteControl0(Control0);
    }

    /// <summary>Turns protection and global pages on: once the kernel's own tables are on, since those of boot are to be forgotten.</summary>
    public static void Protect() => X64Instructions.WriteControl4(Control4 | Protection());

    private static void LoadDescriptors(CoreState* core)
    {
        ulong* descriptors = core->Descriptors;
        byte* task = (byte*)(descriptors + DescriptorCount);
        ulong address = (ulong)task;
        descriptors[1] = KernelCodeDescriptor;
        descriptors[2] = KernelDataDescriptor;
        descriptors[3] = UserDataDescriptor;
        descriptors[4] = UserCodeDescriptor;
        descriptors[5] = TaskDescriptor | (TaskBytes - 1) | ((address & 0xFF_FFFF) << 16) | ((address & 0xFF00_0000) << 32);
        descriptors[6] = address >> 32;
        *(ulong*)(task + TaskKernelStack) = core->StackTop;
        *(ulong*)(task + TaskInterruptStack1) = (ulong)core + CoreState.Size;
        *(ushort*)(task + TaskPortMap) = TaskBytes;

        // The code segment in use has the same descriptor in this table as in the one before.
        TablePointer table = new(DescriptorCount * sizeof(ulong), (ulong)descriptors);
        X64Instructions.LoadDescriptors(&table);
        X64Instructions.LoadTask(TaskSelector);
    }

    private static ulong Protection()
    {
        if (X64Instructions.ReadFeatures(0, 0).Eax < FeatureLeaf)
        {
            return 0;
        }

        CpuFeatures features = X64Instructions.ReadFeatures(FeatureLeaf, 0);
        ulong bits = (features.Ebx & FeatureNoUserExecution) != 0 ? NoUserExecution : 0;
        bits |= (features.Ebx & FeatureNoUserAccess) != 0 ? NoUserAccess : 0;
        bits |= (features.Ecx & FeatureNoUserTables) != 0 ? NoUserTables : 0;
        return bits;
    }

    // All three in Trap.S.
    [DllImport("*", EntryPoint = "pride_interrupt_table")]
    private static extern void InterruptTable();

    [DllImport("*", EntryPoint = "pride_vectors")]
    private static extern void VectorTargets();

    [DllImport("*", EntryPoint = "pride_system_call")]
    private static extern void SystemCall();

    /// <summary>What a descriptor-table register is loaded from: the last byte's offset, then the address.</summary>
    [StructLayout(LayoutKind.Sequential, Pack = 2)]
    private readonly struct TablePointer(int bytes, ulong address)
    {
        private readonly ushort _limit = (ushort)(bytes - 1);
        private readonly ulong _address = address;
    }
}
