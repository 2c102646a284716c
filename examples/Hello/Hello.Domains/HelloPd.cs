// The first PD: it speaks once, then waits for events that never come.

using Pride.Machine;
using Pride.Microkit;
using Pride.Runtime;

namespace Hello.Domains;

/// <summary>Prints a line when it starts.</summary>
[Profile(Profile.Driver)]
public sealed class HelloPd : ProtectionDomain
{
    public override void Init() => DebugConsole.WriteLine("hello: Pride runs C# on bare metal"u8);
}
