// How far the parser of request heads got.

namespace Pride.Http;

/// <summary>How far the parser got.</summary>
internal enum HeadProgress
{
    /// <summary>More bytes are needed.</summary>
    More,

    /// <summary>The head is complete; <see cref="RequestHead.Length"/> bytes belong to it.</summary>
    Complete,

    /// <summary>It is wrong: <see cref="RequestHead.ErrorStatus"/> says how, and the connection cannot go on.</summary>
    Bad,
}
