// NOTE: the lead is writing the real interpreter (StaticConstructors/*.cs) in /work/wt/lead right now; leave this placeholder, it will be replaced on main.
using System.Collections.Generic;
using Pride.Compiler.Emit;
using Pride.Compiler.Metadata;
using Pride.Compiler.Reachability;

namespace Pride.Compiler.StaticConstructors;

internal sealed class Interpreter(World world)
{
    public Dictionary<FieldDesc, Blob> Fields { get; } = [];

    public List<Blob> Objects { get; } = [];

    public bool TryRun(MethodDesc constructor, Function cause, out string reason)
    {
        _ = world;
        reason = "not interpreted yet";
        return false;
    }
}
