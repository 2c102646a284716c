// What a page allows and what memory it is, in words that every architecture's tables can say.

namespace Pride.Kernel.Objects;

/// <summary>What a mapping allows and what memory it is.</summary>
public readonly record struct PageMapping(bool User, bool Writable, bool Executable, MemoryKind Memory);

/// <summary>How accesses to a page behave.</summary>
public enum MemoryKind
{
    /// <summary>Device registers: not cached, not merged, in order.</summary>
    Device = 0,

    /// <summary>Ordinary memory: cached, coherent between cores.</summary>
    Normal = 1,

    /// <summary>Memory that is not cached: DMA on platforms that are not coherent.</summary>
    Uncached = 2,
}
