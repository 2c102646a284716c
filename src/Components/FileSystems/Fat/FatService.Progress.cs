// How a command of the FAT server gets from the queue to its answer: what is done with those that wait, and with those
// that a life before has left. An answer leaves the ledger as it enters the client's queue.

using Pride.Abi.Fs;

namespace Pride.FileSystems.Fat;

public sealed partial class FatService
{
    /// <summary>Answers what the life before had accepted.</summary>
    private void Recover()
    {
        _held.SettleAll((uint)_completions.Produced);
        for (uint slot = 0; slot < _held.Limit; slot++)
        {
            if (!_held.IsHeld(slot))
            {
                continue;
            }

            if (_held[slot].Position == _commands.Consumed && _commands.TryPeek(out _))
            {
                _commands.Advance();
            }

            Answer(slot, FsStatus.Error, 0);
        }
    }

    private void Resume(uint blockId)
    {
        for (int slot = 0; slot < MaximumRequests && _held.HeldCount > 0; slot++)
        {
            FatRequest request = _requests[slot];
            if (request.IsUsed && request.BlockId == blockId)
            {
                Finish(slot, request, Continue(request));
            }
        }
    }

    private void Accept(int slot, in FsCommand command)
    {
        FatRequest request = _requests[slot];
        request.IsUsed = true;
        request.Command = command;
        request.File = null;
        request.Result = 0;
        request.Length = 0;
        Progress progress = Begin(request);
        Finish(slot, request, progress == Progress.Done ? Continue(request) : progress);
    }

    private void Finish(int slot, FatRequest request, Progress progress)
    {
        if (progress == Progress.Waiting)
        {
            request.BlockId = _stall.BlockId;
            return;
        }

        if (request.File is { } file)
        {
            file.Operations--;
            request.File = null;
        }

        request.IsUsed = false;
        Answer((uint)slot, progress == Progress.Done ? FsStatus.Success : _stall.Status, request.Result);
        Answered++;
    }

    private void Answer(uint slot, FsStatus status, ulong data)
    {
        FsCompletion completion = new() { Id = _held[slot].Id, Status = status, Data = data };

        // Room was seen before the command was taken; only a client that spoils its own queue has none.
        if (_completions.Free() > 0)
        {
            _held.Giving(slot, (uint)_completions.Produced);
            _completions.Enqueue(in completion);
        }

        _held.Release(slot);
        _hasAnswered = true;
    }
}
