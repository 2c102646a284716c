// The PD that must not notice anything: a passive server that counts its answers.

using Pride.Abi;
using Pride.Machine;
using Pride.Microkit;

namespace Faults.Domains;

/// <summary>Answers every call with the number of calls so far.</summary>
public sealed class Answerer : ProtectionDomain
{
    private ulong _answers;

    [Wired] public Channel Supervisor;

    /// <summary>A page that nobody else has.</summary>
    [Wired] public Region Secret;

    public override MessageInfo Protected(Channel channel, MessageInfo message)
    {
        Secret.At<ulong>() = ++_answers;
        MessageRegisters.Set(0, _answers);
        return new MessageInfo(0, 1);
    }
}
