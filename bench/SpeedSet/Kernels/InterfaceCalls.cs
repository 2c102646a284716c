// Calls through interfaces and virtual methods over a mixed array, where no one type dominates.

namespace SpeedSet;

/// <summary>Dispatch.</summary>
internal static class InterfaceCalls
{
    private const int Shapes = 4096;
    private const int Passes = 1000;

    private static readonly IShape[] s_shapes = new IShape[Shapes];

    private interface IShape
    {
        int Area { get; }

        int Scale(int factor);
    }

    private abstract class Sized(int size) : IShape
    {
        protected int Size { get; } = size;

        public abstract int Area { get; }

        public virtual int Scale(int factor) => Size * factor;
    }

    private sealed class Square(int size) : Sized(size)
    {
        public override int Area => Size * Size;
    }

    private sealed class Line(int size) : Sized(size)
    {
        public override int Area => 0;

        public override int Scale(int factor) => Size + factor;
    }

    private sealed class Strip(int size) : Sized(size)
    {
        public override int Area => Size * 3;
    }

    private sealed class Block(int size) : Sized(size)
    {
        public override int Area => Size << 2;

        public override int Scale(int factor) => Size - factor;
    }

    private sealed class Grain(int size) : Sized(size)
    {
        public override int Area => Size & 7;
    }

    private sealed class Cross(int size) : Sized(size)
    {
        public override int Area => Size ^ 0x55;
    }

    public static void Main()
    {
        uint state = 1;
        for (int i = 0; i < Shapes; i++)
        {
            state = (state * 1664525) + 1013904223;
            int size = (int)(state >> 24);
            s_shapes[i] = (state >> 13 & 7) switch
            {
                0 or 6 => new Square(size),
                1 or 7 => new Line(size),
                2 => new Strip(size),
                3 => new Block(size),
                4 => new Grain(size),
                _ => new Cross(size),
            };
        }

        Rounds.Run(nameof(InterfaceCalls), Round);
    }

    private static long Round()
    {
        long sum = 0;
        for (int pass = 0; pass < Passes; pass++)
        {
            foreach (IShape shape in s_shapes)
            {
                sum += shape.Area + shape.Scale(pass & 3);
            }
        }

        return sum;
    }
}
