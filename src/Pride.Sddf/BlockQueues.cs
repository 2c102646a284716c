// A block connection: requests one way, responses the other. Each batch is notified; there is no flag.

using Pride.Abi.Sddf;

namespace Pride.Sddf;

/// <summary>blk_req_queue.</summary>
public readonly struct BlockRequestLayout : IQueueLayout
{
    public static int HeadOffset => BlockRequestQueueLayout.Head;

    public static int TailOffset => BlockRequestQueueLayout.Tail;

    public static int EntriesOffset => BlockRequestQueueLayout.Entries;

    public static uint IndexMask => uint.MaxValue;
}

/// <summary>blk_resp_queue.</summary>
public readonly struct BlockResponseLayout : IQueueLayout
{
    public static int HeadOffset => BlockResponseQueueLayout.Head;

    public static int TailOffset => BlockResponseQueueLayout.Tail;

    public static int EntriesOffset => BlockResponseQueueLayout.Entries;

    public static uint IndexMask => uint.MaxValue;
}

/// <summary>The side that asks.</summary>
public struct BlockRequester(in BlockConnection connection)
{
    private QueueProducer<BlockRequestLayout, BlockRequest, CoherentMemory> _requests = new(connection.RequestQueue, connection.BufferCount);
    private QueueConsumer<BlockResponseLayout, BlockResponse, CoherentMemory> _responses = new(connection.ResponseQueue, connection.BufferCount);

    public readonly uint Capacity => _requests.Capacity;

    public readonly uint Violations => _requests.Violations + _responses.Violations;

    public bool IsRequestFull => _requests.IsFull;

    /// <summary>The position of the next request: it counts all that were ever made.</summary>
    public uint RequestPosition => _requests.Position;

    public bool TryEnqueueRequest(in BlockRequest request) => _requests.TryEnqueue(in request);

    public bool TryDequeueResponse(out BlockResponse response) => _responses.TryDequeue(out response);

    /// <summary>Shows the next response, which <see cref="AdvanceResponse"/> takes; false when there is none.</summary>
    public bool TryPeekResponse(out BlockResponse response) => _responses.TryPeek(out response);

    public void AdvanceResponse() => _responses.Advance();
}

/// <summary>The side that answers.</summary>
public struct BlockResponder(in BlockConnection connection)
{
    private QueueConsumer<BlockRequestLayout, BlockRequest, CoherentMemory> _requests = new(connection.RequestQueue, connection.BufferCount);
    private QueueProducer<BlockResponseLayout, BlockResponse, CoherentMemory> _responses = new(connection.ResponseQueue, connection.BufferCount);

    public readonly uint Capacity => _requests.Capacity;

    public readonly uint Violations => _requests.Violations + _responses.Violations;

    public bool IsRequestEmpty => _requests.IsEmpty;

    public bool IsResponseFull => _responses.IsFull;

    /// <summary>True when <paramref name="count"/> more responses would fit.</summary>
    public bool HasResponseRoom(uint count) => _responses.HasRoom(count);

    /// <summary>The position of the request at the head.</summary>
    public readonly uint RequestPosition => _requests.Position;

    /// <summary>The position of the next response.</summary>
    public uint ResponsePosition => _responses.Position;

    /// <summary>Shows the next request, which <see cref="AdvanceRequest"/> takes; false when there is none.</summary>
    public bool TryPeekRequest(out BlockRequest request) => _requests.TryPeek(out request);

    public void AdvanceRequest() => _requests.Advance();

    /// <summary>Where the response that <see cref="PutResponse"/> gives will stand; false when the queue is full.</summary>
    public bool TryReserveResponse(out uint position) => _responses.TryReserve(out position);

    public void PutResponse(in BlockResponse response) => _responses.Put(in response);
}
