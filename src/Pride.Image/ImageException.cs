// Why an image cannot be built: what happened, where, and what to do about it.

using System;

namespace Pride.Image;

/// <summary>The image cannot be built.</summary>
/// <param name="message">What is wrong and where.</param>
/// <param name="remedy">What to change.</param>
public sealed class ImageException(string message, string remedy) : Exception($"{message}\n    remedy: {remedy}")
{
    public string Remedy { get; } = remedy;
}
