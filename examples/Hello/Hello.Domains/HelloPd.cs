// The first PD: it speaks once, then waits for events that never come.

using System;
using Pride.Machine;
using Pride.Microkit;

namespace Hello.Domains;

/// <summary>Prints a line when it starts.</summary>
[Profile(Profile.Managed, OptimizeForSize = true)]
public sealed class HelloPd : ProtectionDomain
{
    public override void Init() => Greet("Pride", ["C#", "IL", "LLVM IR", "AArch64"]);

    private static void Greet(string name, string[] steps)
    {
        int characters = 0;
        foreach (string step in steps)
        {
            characters += step.Length;
        }

        Console.WriteLine($"hello: {name} runs C# on bare metal, {steps.Length - 1} translations and {characters} characters later");
    }
}
