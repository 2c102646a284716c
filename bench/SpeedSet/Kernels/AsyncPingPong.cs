// Two tasks that hand a number to and fro through channels: every await really waits.

using System.Threading.Channels;
using System.Threading.Tasks;

namespace SpeedSet;

/// <summary>async and await.</summary>
internal static class AsyncPingPong
{
    private const int Turns = 50_000;

    public static void Main() => Rounds.Run(nameof(AsyncPingPong), static () => RoundAsync().GetAwaiter().GetResult());

    private static async Task<long> RoundAsync()
    {
        Channel<int> there = Channel.CreateUnbounded<int>();
        Channel<int> back = Channel.CreateUnbounded<int>();
        Task answering = Answer(there.Reader, back.Writer);
        long sum = 0;
        for (int i = 0; i < Turns; i++)
        {
            await there.Writer.WriteAsync(i);
            sum += await back.Reader.ReadAsync();
        }

        there.Writer.Complete();
        await answering;
        return sum;
    }

    private static async Task Answer(ChannelReader<int> reader, ChannelWriter<int> writer)
    {
        await foreach (int value in reader.ReadAllAsync())
        {
            await writer.WriteAsync(value + 1);
        }
    }
}
