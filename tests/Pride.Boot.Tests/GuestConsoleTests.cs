// What a guest prints and what is typed for it, without a machine.

using System;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading.Tasks;
using Pride.Tool.Emulation;
using Xunit;

namespace Pride.Boot.Tests;

public sealed class GuestConsoleTests
{
    [Theory]
    [InlineData(">>> ", ">>> ")]
    [InlineData("one\r\ntwo", "one [3]\ntwo")]
    [InlineData("\r\n\n", " [0]\n [0]\n")]
    [InlineData("10%\r20%", "10%\r20%")]
    [InlineData("over\r\r\n", "over\r [5]\n")]
    public void A_guest_s_text_comes_at_once_and_more_about_a_line_comes_behind_it(string printed, string shown)
    {
        // However it is cut.
        foreach (int piece in Enumerable.Range(1, printed.Length))
        {
            StringBuilder seen = new();
            GuestOutput output = new(text => seen.Append(text), line => $" [{line.Length}]");
            foreach (char[] text in printed.Chunk(piece))
            {
                output.Write(text);
            }

            Assert.Equal(shown, seen.ToString());
        }
    }

    [Fact]
    public void A_prefix_stands_before_each_line()
    {
        StringBuilder seen = new();
        GuestOutput output = new(text => seen.Append(text), prefix: "> ");
        output.Write("a");
        output.Write("b\r\n\r\nc");
        Assert.Equal("> ab\n> \n> c", seen.ToString());
    }

    [Fact]
    public void Keys_are_sent_as_a_terminal_sends_them()
    {
        Assert.Equal("a", GuestInput.Text(new ConsoleKeyInfo('a', ConsoleKey.A, false, false, false)));
        Assert.Equal("\u001c", GuestInput.Text(new ConsoleKeyInfo('\u001c', ConsoleKey.Oem5, false, false, true)));
        Assert.Equal("\r", GuestInput.Text(new ConsoleKeyInfo('\n', ConsoleKey.Enter, false, false, false)));
        Assert.Equal("\x7f", GuestInput.Text(new ConsoleKeyInfo('\b', ConsoleKey.Backspace, false, false, false)));
        Assert.Equal("\x1b[A", GuestInput.Text(new ConsoleKeyInfo('\0', ConsoleKey.UpArrow, false, false, false)));
        Assert.Equal(string.Empty, GuestInput.Text(new ConsoleKeyInfo('\0', ConsoleKey.F5, false, false, false)));
    }

    [Fact]
    public async Task A_pipe_goes_to_the_guest_as_it_is()
    {
        string text = string.Concat(Enumerable.Repeat("print(1)\r\u001c1\r\n", 100));
        StringBuilder sent = new();
        await GuestInput.Copy(new StringReader(text), piece => Task.FromResult(sent.Append(piece)), () => false);
        Assert.Equal(text, sent.ToString());
        sent.Clear();
        await GuestInput.Copy(new StringReader(text), piece => Task.FromResult(sent.Append(piece)), () => true);
        Assert.Equal(0, sent.Length);
    }
}
