// What the guest prints, on the terminal: at once, prompts without a line's end too, and lines with addresses with what those mean.

using System;
using System.IO;
using System.Text;

namespace Pride.Tool.Emulation;

/// <summary>Prints a guest's text.</summary>
/// <param name="output">Where to.</param>
/// <param name="symbolizer">What adds to a line once it is whole.</param>
/// <param name="prefix">What each line begins with, where others print beside the guest.</param>
public sealed class GuestConsole(TextWriter output, Symbolizer symbolizer, string prefix = "")
{
    private readonly StringBuilder _line = new();
    private int _printed;
    private bool _begun;

    /// <summary>Takes the next of the guest's text, of any length.</summary>
    public void Write(ReadOnlySpan<char> text)
    {
        foreach (char c in text)
        {
            if (c == '\n')
            {
                EndLine();
            }
            else
            {
                _line.Append(c);
            }
        }

        // A CR may belong to the line's end, which is the host's own.
        int ready = _line.Length > 0 && _line[^1] == '\r' ? _line.Length - 1 : _line.Length;
        if (ready > _printed)
        {
            Print(_line.ToString(_printed, ready - _printed));
            output.Flush();
            _printed = ready;
        }
    }

    // The symbolizer adds at the end of a line only, so what stands there already stays right.
    private void EndLine()
    {
        string line = _line.ToString().TrimEnd('\r');
        string whole = symbolizer.Line(line);
        Print(_printed < whole.Length ? whole[_printed..] : string.Empty);
        output.WriteLine();
        _line.Clear();
        _printed = 0;
        _begun = false;
    }

    private void Print(string text)
    {
        if (!_begun)
        {
            output.Write(prefix);
            _begun = true;
        }

        output.Write(text);
    }
}
