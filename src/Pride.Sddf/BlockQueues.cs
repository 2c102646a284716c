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

    public bool TryEnqueueRequest(in BlockRequest request) => _requests.TryEnqueue(in request);

    public bool TryDequeueResponse(out BlockResponse response) => _responses.TryDequeue(out response);
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

    public bool TryDequeueRequest(out BlockRequest request) => _requests.TryDequeue(out request);

    public bool TryEnqueueResponse(in BlockResponse response) => _responses.TryEnqueue(in response);
}
