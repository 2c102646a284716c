// The table of examples and boards: no example is without a boot on one and on four cores of each architecture, and each has one that every run makes.
//
// A test says by [Boots] which example its boards boot. What only `./pride test --full` boots has the trait of long tests, which `./pride test` lists.

using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using Pride.Tool.Building;
using Xunit;
using Xunit.Sdk;

namespace Pride.Boot.Tests;

/// <summary>The test boots <paramref name="example"/> on the board that is its argument.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class BootsAttribute(string example) : Attribute
{
    /// <summary>Its name on the command line.</summary>
    public string Example { get; } = example;
}

public sealed class ExampleTableTests
{
    private readonly record struct Row(string Example, string Board, bool IsFull);

    [Fact]
    public void Every_example_boots_on_every_architecture_with_one_core_and_with_four()
    {
        Row[] rows = [.. Rows()];
        string[] boards = [.. Values(Checkout.Boards), .. Values(Checkout.FourCoreBoards)];
        Assert.Equal(6, boards.Length);
        string[] missing = [.. Example.All(Checkout.Workspace)
            .SelectMany(example => boards.Where(board => !rows.Any(r => r.Example == example.Name && r.Board == board)).Select(board => $"{example.Name} on {board}"))];
        Assert.True(missing.Length == 0, $"no test boots {string.Join(", ", missing)}");
    }

    [Fact]
    public void Every_run_boots_every_example()
    {
        Row[] rows = [.. Rows()];
        Assert.All(Example.All(Checkout.Workspace), example => Assert.Contains(rows, r => r.Example == example.Name && !r.IsFull));
    }

    private static IEnumerable<Row> Rows()
    {
        foreach (MethodInfo method in typeof(ExampleTableTests).Assembly.GetTypes().SelectMany(t => t.GetMethods()))
        {
            if (method.GetCustomAttribute<BootsAttribute>() is { } boots)
            {
                bool isFull = method.CustomAttributes.Any(a => a.AttributeType == typeof(TraitAttribute) && a.ConstructorArguments.Any(v => v.Value as string == "Full"));
                foreach (object[] arguments in method.GetCustomAttributes<DataAttribute>().SelectMany(data => data.GetData(method)))
                {
                    yield return new Row(boots.Example, (string)arguments[0], isFull);
                }
            }
        }
    }

    private static IEnumerable<string> Values(TheoryData<string> data) => ((IEnumerable<object[]>)data).Select(row => (string)row[0]);
}
