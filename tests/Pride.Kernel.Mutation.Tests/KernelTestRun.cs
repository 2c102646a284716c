// Runs the kernel's host tests against a given kernel assembly, in this process: the test assembly is loaded anew beside it.

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Runtime.Loader;
using Xunit;

namespace Pride.Kernel.Mutation.Tests;

/// <summary>One run of all host tests.</summary>
public static class KernelTestRun
{
    private const string TestAssembly = "Pride.Kernel.Tests";

    /// <summary>Steps of each random test: enough to reach every kind of state, few enough for hundreds of runs.</summary>
    private const string RandomSteps = "16000";

    /// <summary>The name of the first test that fails; null: all pass.</summary>
    public static string? FirstFailure(byte[] kernel)
    {
        Environment.SetEnvironmentVariable("PRIDE_FUZZ_STEPS", RandomSteps);
        Environment.SetEnvironmentVariable("PRIDE_MODEL_STEPS", RandomSteps);
        KernelContext context = new(kernel);
        Assembly tests = context.LoadFromAssemblyPath(Path.Combine(AppContext.BaseDirectory, TestAssembly + ".dll"));
        FieldInfo rounds = context.Kernel.GetType("Pride.Kernel.LoopGuard")!.GetField("Rounds")!;

        // What is quick and pointed comes first.
        foreach (MethodInfo method in Methods(tests).OrderBy(IsRandom))
        {
            foreach (object?[] arguments in Arguments(method))
            {
                rounds.SetValue(null, 0L);
                if (!Passes(method, arguments))
                {
                    return method.Name;
                }
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
        List<object?[]> rows = method.GetCustomAttributes<InlineDataAttribute>().SelectMany(a => a.GetData(method)).ToList();
        return rows.Count > 0 ? rows : [[]];
    }

    private static bool Passes(MethodInfo method, object?[] arguments)
    {
        object instance = Activator.CreateInstance(method.DeclaringType!)!;
        try
        {
            method.Invoke(instance, arguments);
            return true;
        }
        catch (TargetInvocationException)
        {
            return false;
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
