// ArrayPool<T>.Shared without thread statics: one thread, one pool.

using System.Buffers;
using Pride.Machine;

namespace Pride.Runtime.Plugs;

[Plug("System.Buffers.ArrayPool`1")]
internal static class ArrayPoolPlugs
{
    [PlugMethod("get_Shared")]
    public static ArrayPool<T> Shared<T>() => Pools.SingleThreadArrayPool<T>.Instance;
}
