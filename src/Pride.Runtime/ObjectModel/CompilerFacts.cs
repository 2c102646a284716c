// What Pride.Compiler knows when it compiles one image. Each is folded to a constant before reachability, so the
// branch that does not apply is not in the image. The bodies are what holds on the host, under xunit.

using Pride.Machine;

namespace Pride.Runtime.ObjectModel;

/// <summary>Constants of the image that is being compiled.</summary>
public static class CompilerFacts
{
    /// <summary>True in code that Pride.Compiler compiled; false under xunit.</summary>
    public static bool IsGuest
    {
        [CompilerIntrinsic]
        get => false;
    }

    /// <summary>True for the managed profile: collected heap, exceptions.</summary>
    public static bool IsManaged
    {
        [CompilerIntrinsic]
        get => true;
    }

    /// <summary>True for a static Linux process, false for a PD.</summary>
    public static bool IsHosted
    {
        [CompilerIntrinsic]
        get => false;
    }

    /// <summary>The instruction set that the image is compiled for.</summary>
    public static Architecture Architecture
    {
        [CompilerIntrinsic]
        get => Architecture.AArch64;
    }

    /// <summary>
    /// Bytes from a frame record (caller's frame pointer, return address) up to the frame pointer that names it: 0 where the ABI's
    /// frame pointer is the record's address, 16 on RISC-V (psABI, "Frame Pointer Convention").
    /// </summary>
    public static int FrameRecordDistance
    {
        [CompilerIntrinsic]
        get => 0;
    }

    /// <summary>Bytes that the heap of a hosted program can grow to.</summary>
    public static long HostedHeapBytes
    {
        [CompilerIntrinsic]
        get => 0;
    }

    /// <summary>True when the heap collects at every allocation (compiler option, for tests of roots).</summary>
    public static bool IsHeapStressed
    {
        [CompilerIntrinsic]
        get => false;
    }

    /// <summary>The type's description in the image.</summary>
    [CompilerIntrinsic]
    public static unsafe MethodTable* MethodTableOf<T>() =>
        throw new System.PlatformNotSupportedException("only compiled code has method tables");
}
