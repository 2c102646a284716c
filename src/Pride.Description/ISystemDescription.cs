// The entry point of an example's Description project: the tool finds the one class that implements it.

namespace Pride.Description;

/// <summary>A system, described by a program that runs on the host before the image is built.</summary>
public interface ISystemDescription
{
    /// <summary>Adds the system's PDs, regions and channels to <paramref name="system"/>, for <paramref name="board"/>.</summary>
    void Describe(SystemBuilder system, Board board);
}

/// <summary>Disks and such that QEMU needs for this system; a description implements it when it has them.</summary>
public interface IHostResources
{
    /// <summary>Says what `pride run` must put behind the machine before it starts.</summary>
    void Provide(HostResources resources);
}
