// Allocating a GiB in each round, most of it dead at once, over a live tree and a ring of recent objects: the ten timed
// rounds allocate more than 10 GB under a heap limit of 64 MiB.

namespace SpeedSet;

/// <summary>The allocator and the collector.</summary>
internal static class Churn
{
    private const long BytesPerRound = 1L << 30;
    private const int RingLength = 4096;
    private const int TreeDepth = 14;

    private static readonly object[] s_ring = new object[RingLength];
    private static Node? s_tree;

    private sealed class Node(Node? left, Node? right, int value)
    {
        public Node? Left { get; } = left;

        public Node? Right { get; } = right;

        public int Value { get; } = value;
    }

    public static void Main()
    {
        s_tree = Tree(TreeDepth);
        Rounds.Run(nameof(Churn), Round);
    }

    private static Node Tree(int depth) => depth == 0 ? new Node(null, null, 1) : new Node(Tree(depth - 1), Tree(depth - 1), depth);

    private static int Sum(Node? node) => node == null ? 0 : node.Value + Sum(node.Left) + Sum(node.Right);

    private static long Round()
    {
        long bytes = 0;
        long sum = 0;
        for (int i = 0; bytes < BytesPerRound; i++)
        {
            // Sizes as programs have them: mostly small objects, some arrays, now and then a buffer.
            Node node = new(null, null, i & 0xff);
            Node parent = new(node, node, 1);
            int[] numbers = new int[i & 31];
            numbers.AsSpanOrEmpty().Fill(i);
            byte[] buffer = (i & 63) == 0 ? new byte[2048] : [];
            s_ring[i % RingLength] = (i & 1) == 0 ? parent : numbers;
            bytes += 40 + 40 + 24 + (numbers.Length * 4) + (buffer.Length > 0 ? buffer.Length + 24 : 0);
            sum += node.Value + numbers.Length + buffer.Length;
        }

        return sum + Sum(s_tree);
    }

    private static System.Span<int> AsSpanOrEmpty(this int[] numbers) => numbers;
}
