// Static constructors that fail. As under CoreCLR the first failure is kept: every later use of the type throws the same
// TypeInitializationException. Called by the code that runs a static constructor once.

using System;
using System.Collections.Generic;
using Pride.Runtime.ObjectModel;
using Pride.Runtime.Plugs;

namespace Pride.Runtime;

/// <summary>The types whose static constructors have thrown.</summary>
public static unsafe class TypeInitialisation
{
    private static List<Failure>? s_failures;

    private sealed record Failure(nint Type, TypeInitializationException Exception);

    /// <summary>Keeps and throws what the constructor of <paramref name="type"/> ended with.</summary>
    /// <exception cref="TypeInitializationException">Always.</exception>
    public static void Fail(MethodTable* type, Exception cause)
    {
        TypeInitializationException failure = new(NameOf(type), cause);
        (s_failures ??= []).Add(new Failure((nint)type, failure));
        throw failure;
    }

    /// <summary>Throws what was kept for <paramref name="type"/>.</summary>
    /// <exception cref="TypeInitializationException">Always.</exception>
    public static void FailAgain(MethodTable* type)
    {
        foreach (Failure failure in s_failures!)
        {
            if (failure.Type == (nint)type)
            {
                throw failure.Exception;
            }
        }
    }

    // CoreCLR names a nested type without what it is nested in.
    private static string NameOf(MethodTable* type)
    {
        string name = RuntimeTypePlugs.NameOf(type);
        return name[(name.LastIndexOf('+') + 1)..];
    }
}
