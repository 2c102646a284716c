// What the tool says: progress and errors on stderr, results on stdout, so that results can be piped.

using System;
using System.Diagnostics;
using Spectre.Console;

namespace Pride.Tool;

/// <summary>Messages for people.</summary>
public static class Report
{
    // A file has no width: lines of a log are not to be broken.
    private const int UnlimitedWidth = 1 << 20;

    private static readonly IAnsiConsole s_error = CreateConsole();

    /// <summary>True: say nothing but errors.</summary>
    public static bool Quiet { get; set; }

    /// <summary>A step has begun or ended.</summary>
    public static void Progress(string text)
    {
        if (!Quiet)
        {
            s_error.WriteLine($"  {text}", new Style(Color.Grey));
        }
    }

    /// <summary>Something is wrong but work goes on.</summary>
    public static void Warning(string text) => s_error.WriteLine($"warning: {text}", new Style(Color.Yellow));

    /// <summary>Work has stopped.</summary>
    public static void Error(string text, string? remedy)
    {
        s_error.WriteLine($"error: {text}", new Style(Color.Red));
        if (remedy is not null)
        {
            s_error.WriteLine($"  to do: {remedy}");
        }
    }

    /// <summary>Runs <paramref name="work"/> and says how long it took when that was long enough to notice.</summary>
    public static T Step<T>(string text, Func<T> work)
    {
        const double Noticeable = 0.5;
        Stopwatch watch = Stopwatch.StartNew();
        T result = work();
        if (watch.Elapsed.TotalSeconds > Noticeable)
        {
            Progress($"{text} ({watch.Elapsed.TotalSeconds:F1} s)");
        }

        return result;
    }

    private static IAnsiConsole CreateConsole()
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(Console.Error),
            Ansi = Console.IsErrorRedirected ? AnsiSupport.No : AnsiSupport.Detect,
        });
        if (Console.IsErrorRedirected)
        {
            console.Profile.Width = UnlimitedWidth;
        }

        return console;
    }
}
