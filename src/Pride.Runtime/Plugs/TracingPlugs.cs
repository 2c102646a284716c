// Event tracing is not there: the sources are never made and never enabled, so what they would trace is not in the image.

using System.Diagnostics.Tracing;
using Pride.Machine;

namespace Pride.Runtime.Plugs;

[Plug(typeof(EventSource))]
internal static class EventSourcePlugs
{
    [PlugMethod("get_IsSupported")]
    public static bool IsSupported() => false;

    public static bool IsEnabled(EventSource? self) => false;

    public static bool IsEnabled(EventSource? self, EventLevel level, EventKeywords keywords) => false;

    public static bool IsEnabled(EventSource? self, EventLevel level, EventKeywords keywords, EventChannel channel) => false;

    public static nint ObjectIDForEvents(object o) => 0;

    [PlugMethod("SetCurrentThreadActivityId", AnySignature = true)]
    public static void SetCurrentThreadActivityId()
    {
    }
}

[Plug("System.Diagnostics.Tracing.FrameworkEventSource")]
internal static class FrameworkEventSourcePlugs
{
    [PlugMethod(".cctor")]
    public static void StaticConstructor()
    {
    }
}

// Concurrent dictionaries and bags trace through it.
[Plug("System.Collections.Concurrent.CDSCollectionETWBCLProvider", Assembly = "System.Collections.Concurrent")]
internal static class ConcurrentCollectionsEventSourcePlugs
{
    [PlugMethod(".cctor")]
    public static void StaticConstructor()
    {
    }
}

[Plug("System.Threading.Tasks.TplEventSource")]
internal static class TplEventSourcePlugs
{
    [PlugMethod(".cctor")]
    public static void StaticConstructor()
    {
    }

    [PlugMethod("TaskScheduled", AnySignature = true)]
    public static void TaskScheduled()
    {
    }

    [PlugMethod("TaskStarted", AnySignature = true)]
    public static void TaskStarted()
    {
    }

    [PlugMethod("TaskCompleted", AnySignature = true)]
    public static void TaskCompleted()
    {
    }

    [PlugMethod("TaskWaitBegin", AnySignature = true)]
    public static void TaskWaitBegin()
    {
    }

    [PlugMethod("TaskWaitEnd", AnySignature = true)]
    public static void TaskWaitEnd()
    {
    }

    [PlugMethod("TaskWaitContinuationComplete", AnySignature = true)]
    public static void TaskWaitContinuationComplete()
    {
    }

    [PlugMethod("TaskWaitContinuationStarted", AnySignature = true)]
    public static void TaskWaitContinuationStarted()
    {
    }

    [PlugMethod("AwaitTaskContinuationScheduled", AnySignature = true)]
    public static void AwaitTaskContinuationScheduled()
    {
    }

    [PlugMethod("TraceOperationBegin", AnySignature = true)]
    public static void TraceOperationBegin()
    {
    }

    [PlugMethod("TraceOperationRelation", AnySignature = true)]
    public static void TraceOperationRelation()
    {
    }

    [PlugMethod("TraceOperationEnd", AnySignature = true)]
    public static void TraceOperationEnd()
    {
    }

    [PlugMethod("TraceSynchronousWorkBegin", AnySignature = true)]
    public static void TraceSynchronousWorkBegin()
    {
    }

    [PlugMethod("TraceSynchronousWorkEnd", AnySignature = true)]
    public static void TraceSynchronousWorkEnd()
    {
    }

    [PlugMethod("RunningContinuation", AnySignature = true)]
    public static void RunningContinuation()
    {
    }

    [PlugMethod("RunningContinuationList", AnySignature = true)]
    public static void RunningContinuationList()
    {
    }

    [PlugMethod("DebugFacilityMessage", AnySignature = true)]
    public static void DebugFacilityMessage()
    {
    }

    [PlugMethod("DebugFacilityMessage1", AnySignature = true)]
    public static void DebugFacilityMessage1()
    {
    }

    [PlugMethod("SetActivityId", AnySignature = true)]
    public static void SetActivityId()
    {
    }

    [PlugMethod("NewID", AnySignature = true)]
    public static void NewID()
    {
    }

    [PlugMethod("IncompleteAsyncMethod", AnySignature = true)]
    public static void IncompleteAsyncMethod()
    {
    }

    [PlugMethod("CreateGuidForTaskID", AnySignature = true)]
    public static void CreateGuidForTaskID()
    {
    }

    [PlugMethod("get_ProviderMetadata", AnySignature = true)]
    public static void get_ProviderMetadata()
    {
    }
}
