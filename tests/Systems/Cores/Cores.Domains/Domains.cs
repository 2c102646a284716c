// The PDs: five senders on four cores and at three priorities, one receiver.

using System.Threading;
using Pride.Machine;
using Pride.Microkit;
using Pride.Runtime;

namespace Cores.Domains;

/// <summary>Sends its share.</summary>
[Profile(Profile.Driver)]
public sealed class Sender : ProtectionDomain
{
    [Wired] public Channel Receiver;
    [Wired] public Region Shared;

    /// <summary>Where the receiver stands beside this PD.</summary>
    [Wired] public Urgency Receiving;

    public override void Init() => Send();

    public override void Notified(Channel channel) => Send();

    private void Send()
    {
        if (!Flow.Send(ref Shared.At<Flow>(), Receiver, Receiving))
        {
            DebugConsole.WriteLine(Receiving == Urgency.More
                ? "sender: the receiver is more urgent and did not run at once"u8
                : "sender: the receiver is less urgent and ran nevertheless"u8);
        }
    }
}

/// <summary>Takes what all send, and says when it has everything.</summary>
[Profile(Profile.Driver)]
public sealed class Receiver : ProtectionDomain
{
    private const int Senders = 5;

    private int _finished;

    [Wired] public Channel Sender0;
    [Wired] public Channel Sender1;
    [Wired] public Channel Sender2;
    [Wired] public Channel Sender3;
    [Wired] public Channel Sender4;
    [Wired] public Region Shared0;
    [Wired] public Region Shared1;
    [Wired] public Region Shared2;
    [Wired] public Region Shared3;
    [Wired] public Region Shared4;

    public override void Notified(Channel channel)
    {
        ref Flow flow = ref (channel == Sender0 ? ref Shared0.At<Flow>()
            : ref channel == Sender1 ? ref Shared1.At<Flow>()
            : ref channel == Sender2 ? ref Shared2.At<Flow>()
            : ref channel == Sender3 ? ref Shared3.At<Flow>()
            : ref Shared4.At<Flow>());
        if (Flow.Take(ref flow, channel) && ++_finished == Senders)
        {
            DebugConsole.WriteLine("receiver: a million notifications, none lost"u8);
        }
    }
}
