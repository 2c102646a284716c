// The main job end to end: a folder on a FAT disk, served by C# from the driver to the browser.

using System;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Http;
using System.Text.Json;
using System.Threading.Tasks;
using Pride.Tool.Emulation;
using Xunit;

namespace Pride.Boot.Tests;

public sealed class WebserverTests
{
    private const int LargeFileBytes = 10 * 1024 * 1024;

    /// <summary>Where the CPU moves each byte of the disk itself.</summary>
    private const int LargeFileBytesOfCards = 1024 * 1024;

    private static readonly string[] s_waysOut = ["/../secret", "/%2e%2e/secret", "/a/%2E%2e%2f%2e%2e/secret", "/..%5csecret", "/%c0%ae%c0%ae/secret"];

    [Theory]
    [Boots("webserver")]
    [MemberData(nameof(Checkout.BoardsThatServe), MemberType = typeof(Checkout))]
    [InlineData(Checkout.XilinxBoard)]
    [InlineData(Checkout.SifiveBoard)]
    public Task It_serves_the_site_on_its_disk(string board) => ServeAsync(board);

    [Theory]
    [Boots("webserver")]
    [Trait("Category", "Full")]
    [MemberData(nameof(Checkout.FourCoreBoards), MemberType = typeof(Checkout))]
    [InlineData(Checkout.VersalBoard)]
    [InlineData("qemu-q35-x86_64-e1000e-ahci")]
    [InlineData(Checkout.X64Board)]
    [InlineData("qemu-q35-x86_64-iommu-virtio")]
    public Task On_other_boards_it_does_too(string board) => ServeAsync(board);

    private static async Task ServeAsync(string board)
    {
        string folder = Directory.CreateTempSubdirectory("pride-site").FullName;
        byte[] large = new byte[board is Checkout.XilinxBoard or Checkout.SifiveBoard or Checkout.VersalBoard ? LargeFileBytesOfCards : LargeFileBytes];
        new Random(7).NextBytes(large);
        Directory.CreateDirectory(Path.Combine(folder, "a"));
        await File.WriteAllTextAsync(Path.Combine(folder, "index.html"), "<title>it works</title>");
        await File.WriteAllBytesAsync(Path.Combine(folder, "a", "large file.bin"), large);
        await using (QemuMachine machine = Machines.BootOn(board, "webserver", folder))
        {
            await machine.Expect("web: serving on");
            using HttpClient client = new() { BaseAddress = new Uri(machine.Forwards.Single().Url), Timeout = Machines.Limit };
            Assert.Equal("<title>it works</title>", await client.GetStringAsync("/"));
            Assert.Equal(large, await client.GetByteArrayAsync("/a/large%20file.bin"));
            Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync("/nothing")).StatusCode);
            foreach (string way in s_waysOut)
            {
                Assert.InRange((int)(await client.GetAsync(new Uri(client.BaseAddress, way))).StatusCode, 400, 404);
            }

            using JsonDocument status = JsonDocument.Parse(await client.GetStringAsync("/status.json"));
            string[] domains = [.. status.RootElement.GetProperty("domains").EnumerateArray().Select(d => d.GetProperty("name").GetString()!)];
            Assert.Contains("fat", domains);
            Assert.All(status.RootElement.GetProperty("domains").EnumerateArray(), d => Assert.Equal(0, d.GetProperty("faults").GetInt32()));
            Assert.DoesNotContain("the IOMMU refuses", machine.Serial, StringComparison.Ordinal);
        }

        Directory.Delete(folder, recursive: true);
    }
}
