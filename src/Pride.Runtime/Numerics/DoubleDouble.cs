// Numbers of about 106 bits: the unevaluated sum of two doubles (Dekker 1971; Knuth, TAOCP 4.2.2). The elementary functions
// compute with them and round once at the end, so their results are correctly rounded but in the rarest cases.
//
// Rules: |Low| is at most half a unit in the last place of High. Without a fused multiply-add, since x86-64-v2 has none:
// the result is then the same on every target.

namespace Pride.Runtime.Numerics;

/// <summary>High + Low.</summary>
public readonly struct DoubleDouble
{
    /// <summary>2^27 + 1: splits 53 bits into two halves.</summary>
    private const double Splitter = 134217729;

    public readonly double High;
    public readonly double Low;

    public DoubleDouble(double high, double low = 0)
    {
        High = high;
        Low = low;
    }

    /// <summary>Rounded to double.</summary>
    public double Value => High + Low;

    public static DoubleDouble operator -(DoubleDouble x) => new(-x.High, -x.Low);

    public static DoubleDouble operator +(DoubleDouble x, DoubleDouble y)
    {
        DoubleDouble high = Sum(x.High, y.High);
        DoubleDouble low = Sum(x.Low, y.Low);
        DoubleDouble first = FastSum(high.High, high.Low + low.High);
        return FastSum(first.High, first.Low + low.Low);
    }

    public static DoubleDouble operator -(DoubleDouble x, DoubleDouble y) => x + -y;

    public static DoubleDouble operator *(DoubleDouble x, DoubleDouble y)
    {
        DoubleDouble high = Product(x.High, y.High);
        return FastSum(high.High, high.Low + ((x.High * y.Low) + (x.Low * y.High)));
    }

    public static DoubleDouble operator /(DoubleDouble x, DoubleDouble y)
    {
        double first = x.High / y.High;
        DoubleDouble rest = x - (y * new DoubleDouble(first));
        double second = rest.High / y.High;
        rest -= y * new DoubleDouble(second);
        return FastSum(first, second) + new DoubleDouble(rest.High / y.High);
    }

    public static implicit operator DoubleDouble(double value) => new(value);

    /// <summary>Exact.</summary>
    public static DoubleDouble Sum(double x, double y)
    {
        double sum = x + y;
        double part = sum - x;
        return new(sum, (x - (sum - part)) + (y - part));
    }

    /// <summary>Exact, as long as nothing overflows or becomes subnormal.</summary>
    public static DoubleDouble Product(double x, double y)
    {
        double product = x * y;
        (double xHigh, double xLow) = Split(x);
        (double yHigh, double yLow) = Split(y);
        return new(product, (((xHigh * yHigh) - product) + (xHigh * yLow) + (xLow * yHigh)) + (xLow * yLow));
    }

    /// <summary>Of a number greater than zero.</summary>
    public static DoubleDouble SquareRoot(DoubleDouble x)
    {
        if (x.High <= 0)
        {
            return default;
        }

        double root = System.Math.Sqrt(x.High);
        DoubleDouble rest = x - Product(root, root);
        return FastSum(root, rest.High / (2 * root));
    }

    /// <summary>Times a power of two: exact.</summary>
    public DoubleDouble Scale(double power) => new(High * power, Low * power);

    // |x| >= |y|.
    private static DoubleDouble FastSum(double x, double y)
    {
        double sum = x + y;
        return new(sum, y - (sum - x));
    }

    private static (double High, double Low) Split(double x)
    {
        double scaled = x * Splitter;
        double high = scaled - (scaled - x);
        return (high, x - high);
    }
}
