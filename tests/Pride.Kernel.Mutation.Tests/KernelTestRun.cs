// Runs the kernel's host tests against a given kernel assembly, in this process: the test assembly is loaded anew beside it.

using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Runtime.Loader;
using Xunit;
using Xunit.Sdk;

namespace Pride.Kernel.Mutation.Tests;

/// <summary>All host tests, bound to one kernel assembly.</summary>
public sealed class KernelTestRun
{
    /// <summary>The number of the mutant that is the kernel as it is.</summary>
    public const int Right = -1;

    private const string TestAssembly = "Pride.Kernel.Tests";

    private readonly List<(MethodInfo Method, object?[] Arguments)> _tests;
    private readonly FieldInfo _number;
    private readonly FieldInfo _rounds;

    /// <param name="kernel">The assembly.</param>
    /// <param name="randomSteps">Steps of each random test; null: as many as when the tests run by themselves.</param>
    public KernelTestRun(byte[] kernel, int? randomSteps)
    {
        Environment.SetEnvironmentVariable("PRIDE_FUZZ_STEPS", randomSteps?.ToString(CultureInfo.InvariantCulture));
        Environment.SetEnvironmentVariable("PRIDE_MODEL_STEPS", randomSteps?.ToString(CultureInfo.InvariantCulture));
        KernelContext context = new(kernel);
        Assembly tests = context.LoadFromAssemblyPath(Path.Combine(AppContext.BaseDirectory, TestAssembly + ".dll"));
        Type mutant = context.Kernel.GetType("Pride.Kernel.Mutant")!;
        _number = mutant.GetField("Number")!;
        _rounds = mutant.GetField("Rounds")!;

        // What is quick and pointed comes first.
        _tests = [.. Methods(tests).OrderBy(IsRandom).SelectMany(m => Arguments(m), (m, a) => (m, a))];
    }

    /// <summary>The name of the first test that mutant <paramref name="number"/> fails, of all or of those called <paramref name="name"/>; null: all pass.</summary>
    public string? FirstFailure(int number, string? name = null)
    {
        foreach ((MethodInfo method, object?[] arguments) in _tests)
        {
            if ((name == null || method.Name == name) && !Passes(number, method, arguments))
            {
                return method.Name;
            }
        }

        return null;
    }

    private static bool IsRandom(MethodInfo method) => method.DeclaringType!.Name is "FuzzTests" or "ModelTests";

    private static IEnumerable<MethodInfo> Methods(Assembly tests) => tests.GetTypes()
        .SelectMany(t => t.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly))
        .Where(m => m.GetCustomAttributes<FactAttribute>().Any())
        .Where(m => !m.GetCustomAttributesData().Any(a => a.AttributeType == typeof(TraitAttribute)))
        .OrderBy(m => m.DeclaringType!.Name, StringComparer.Ordinal).ThenBy(m => m.Name, StringComparer.Ordinal);

    private static IEnumerable<object?[]> Arguments(MethodInfo method)
    {
        List<object?[]> rows = method.GetCustomAttributes<DataAttribute>().SelectMany(a => a.GetData(method)).ToList();
        return rows.Count > 0 ? rows : [[]];
    }

    private bool Passes(int number, MethodInfo method, object?[] arguments)
    {
        _number.SetValue(null, number);
        _rounds.SetValue(null, 0L);
        object instance = Activator.CreateInstance(method.DeclaringType!)!;
        try
        {
            method.Invoke(instance, arguments);
            return true;
        }
        catch (TargetInvocationException e)
        {
            // The assembly is the portable kernel alone: a test of an architecture's part finds no type, and says nothing of it.
            return e.InnerException is TypeLoadException;
        }
        finally
        {
            (instance as IDisposable)?.Dispose();
        }
    }

    /// <summary>The mutant and the tests; all else is shared.</summary>
    private sealed class KernelContext(byte[] kernel) : AssemblyLoadContext(isCollectible: false)
    {
        private Assembly? _kernel;

        public Assembly Kernel => _kernel ??= LoadFromStream(new MemoryStream(kernel));

        protected override Assembly? Load(AssemblyName assemblyName) => assemblyName.Name == "Pride.Kernel" ? Kernel : null;
    }
}
