// What a guest prints, without a machine.

using System.Linq;
using System.Text;
using Pride.Tool.Emulation;
using Xunit;

namespace Pride.Boot.Tests;

public sealed class GuestOutputTests
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
}
