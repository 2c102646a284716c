// The block virtualiser after a restart: what the life before has left in the ledger, and where each of its requests is now.
//
// A request is written down, put into the driver's queue, and only then taken from its client's; an answer is put into the client's
// queue, the entry cleared, and only then the answer taken from the driver's. So a request is nowhere lost, and the
// positions that its entry holds tell whether a step was done.

using System;
using Pride.Abi.Sddf;

namespace Pride.Virtualisers;

public sealed partial class Block
{
    /// <summary>Takes up the requests that the life before has left.</summary>
    private void Recover()
    {
        for (uint slot = 0; slot < _held.Limit; slot++)
        {
            bool isGiving = _held.IsGiving(slot, out _);
            if (!isGiving && !_held.IsHeld(slot))
            {
                continue;
            }

            ref readonly HeldBlockRequest request = ref _held[slot];
            if (!IsSound(in request))
            {
                _held.Drop(slot);
                continue;
            }

            if (isGiving)
            {
                _held.Settle(slot, _clients[request.Client].ResponsePosition);
            }

            if (_held.IsHeld(slot))
            {
                Recover(slot, in request);
            }
        }

        foreach (ref Client client in _states.AsSpan())
        {
            // The life before may have answered and not come to say so.
            client.MustNotify = _held.Life != 0;
        }
    }

    private void Recover(uint slot, in HeldBlockRequest request)
    {
        bool isForDriver = request.Refusal == BlockStatus.Ok;
        if (isForDriver && request.Position == _driver.RequestPosition)
        {
            // It never came to the driver: it is still at the head of its client's queue.
            _held.Release(slot);
            return;
        }

        if (request.IsOwn)
        {
            _hasAskedForTable = true;
            return;
        }

        _states[request.Client].InFlight++;
        if (request.ClientPosition == _clients[request.Client].RequestPosition && _clients[request.Client].TryPeekRequest(out _))
        {
            _clients[request.Client].AdvanceRequest();
        }

        if (!isForDriver)
        {
            Respond(slot, request.Refusal, 0);
        }
    }

    // What the ledger says is checked as input, though its own check has passed.
    private bool IsSound(in HeldBlockRequest request) =>
        request.IsOwn
            ? request.Refusal == BlockStatus.Ok && !_hasAskedForTable
            : request.Client < _clients.Length
                && request.Offset <= _states[request.Client].Data.Region.Size
                && (ulong)request.Count * BlockRequest.TransferSize <= _states[request.Client].Data.Region.Size - request.Offset;
}
