// Where a system comes from: an example with a C# description, or a system description file.

using Pride.Description;

namespace Pride.Tool.Building;

/// <summary>Something that describes a system.</summary>
public interface ISystemSource
{
    /// <summary>Names its image folder.</summary>
    string Name { get; }

    /// <summary>Relative paths in the description start here.</summary>
    string Folder { get; }

    /// <summary>Builds what the description needs before it can be read.</summary>
    void Prepare();

    /// <summary>Describes the system for <paramref name="board"/>; the rules have been checked.</summary>
    SystemBuilder Describe(Board board, out HostResources resources);
}
