// What a guest prints, for a person to read: at once, for a prompt has no end of line, and with what is known about a line behind it.

using System;
using System.Text;

namespace Pride.Tool.Emulation;

/// <summary>Hands on a guest's text as it comes. A line ends without the carriage return that serial lines have before the line feed.</summary>
/// <param name="write">Where the text goes.</param>
/// <param name="addition">What goes behind a whole line; null: nothing.</param>
/// <param name="prefix">What goes before each line.</param>
public sealed class GuestOutput(Action<string> write, Func<string, string>? addition = null, string prefix = "")
{
    private readonly StringBuilder _line = new();
    private bool _returned;

    /// <summary>More text, of any length; its last line may go on in the next.</summary>
    public void Write(ReadOnlySpan<char> text)
    {
        StringBuilder shown = new();
        foreach (char c in text)
        {
            if (c == '\n')
            {
                shown.Append(_line.Length == 0 ? prefix : string.Empty).Append(addition?.Invoke(_line.ToString())).Append('\n');
                _line.Clear();
                _returned = false;
                continue;
            }

            // A return may be half of a line's end: it waits for what comes next.
            if (_returned)
            {
                Add(shown, '\r');
            }

            _returned = c == '\r';
            if (!_returned)
            {
                Add(shown, c);
            }
        }

        if (shown.Length > 0)
        {
            write(shown.ToString());
        }
    }

    private void Add(StringBuilder shown, char c)
    {
        shown.Append(_line.Length == 0 ? prefix : string.Empty).Append(c);
        _line.Append(c);
    }
}
