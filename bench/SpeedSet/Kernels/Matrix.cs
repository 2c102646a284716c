// Multiplying 300 x 300 matrices of doubles, as jagged arrays and as one span.

using System;

namespace SpeedSet;

/// <summary>Nested loops with bounds checks.</summary>
internal static class Matrix
{
    private const int Size = 300;

    private static readonly double[][] s_left = Rows(1);
    private static readonly double[][] s_right = Rows(2);
    private static readonly double[] s_flatLeft = Flat(3);
    private static readonly double[] s_flatRight = Flat(4);

    public static void Main() => Rounds.Run(nameof(Matrix), Round);

    private static long Round()
    {
        double[][] jagged = Multiply(s_left, s_right);
        double[] flat = new double[Size * Size];
        Multiply(s_flatLeft, s_flatRight, flat);
        return (long)(jagged[17][23] + flat[(Size * 31) + 7]);
    }

    private static double[][] Multiply(double[][] a, double[][] b)
    {
        double[][] product = new double[a.Length][];
        for (int i = 0; i < a.Length; i++)
        {
            double[] row = product[i] = new double[b[0].Length];
            for (int k = 0; k < b.Length; k++)
            {
                double factor = a[i][k];
                double[] other = b[k];
                for (int j = 0; j < row.Length; j++)
                {
                    row[j] += factor * other[j];
                }
            }
        }

        return product;
    }

    private static void Multiply(ReadOnlySpan<double> a, ReadOnlySpan<double> b, Span<double> product)
    {
        for (int i = 0; i < Size; i++)
        {
            for (int j = 0; j < Size; j++)
            {
                double sum = 0;
                for (int k = 0; k < Size; k++)
                {
                    sum += a[(i * Size) + k] * b[(k * Size) + j];
                }

                product[(i * Size) + j] = sum;
            }
        }
    }

    private static double[][] Rows(int seed)
    {
        double[][] rows = new double[Size][];
        for (int i = 0; i < Size; i++)
        {
            rows[i] = Flat(seed + i).AsSpan(0, Size).ToArray();
        }

        return rows;
    }

    private static double[] Flat(int seed)
    {
        double[] values = new double[Size * Size];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (i * 7 + seed) % 13;
        }

        return values;
    }
}
