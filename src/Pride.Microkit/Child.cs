// A child PD, as its parent sees it: the parent receives its faults and decides what becomes of it.

using Pride.Abi;

namespace Pride.Microkit;

/// <summary>A child PD by its id in this parent (0..63). Layout: one 64-bit word.</summary>
public readonly struct Child(ulong id)
{
    public ulong Id { get; } = id;

    /// <summary>Starts the child anew at <paramref name="entryPoint"/>: its entry stub makes stack, data and heap as they were at boot.</summary>
    /// <exception cref="KernelException">The kernel refused (this PD is not the child's parent).</exception>
    public void Restart(ulong entryPoint) => ThreadControl.WriteRegisters(CapSlots.BaseTcb + Id, [entryPoint], resume: true);

    /// <summary>Stops the child until it is resumed or restarted.</summary>
    public void Stop() => Invoke(Kernel.Labels.TcbSuspend, 0);

    /// <summary>Lets a stopped child go on where it was.</summary>
    public void Resume() => Invoke(Kernel.Labels.TcbResume, 0);

    private void Invoke(ulong label, int length)
    {
        MessageInfo reply = Kernel.Call(CapSlots.BaseTcb + Id, new MessageInfo(label, length));
        if (reply.Label != 0)
        {
            throw new KernelException(reply.Label);
        }
    }
}

/// <summary>The kernel answered an invocation with an error (seL4_Error).</summary>
public sealed class KernelException(ulong error) : System.Exception
{
    public ulong Error { get; } = error;
}
