// Where in a system description file a thing was written, so that a message about it can say so.

namespace Pride.Description;

/// <summary>A place in a file.</summary>
/// <param name="File">As it was given on the command line.</param>
/// <param name="Line">Counted from 1.</param>
/// <param name="Column">Counted from 1.</param>
/// <param name="Element">The XML element that stands there.</param>
public sealed record SourceLocation(string File, int Line, int Column, string Element)
{
    public override string ToString() => $"{File}:{Line}:{Column}: <{Element}>";
}
