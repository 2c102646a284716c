// Where failed checks go. In a managed image they throw; in a driver they end the PD with a message
// (abandonment), and its parent starts it again.

using System;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Pride.Runtime.ObjectModel;

namespace Pride.Runtime;

/// <summary>One method for each check that compiled code makes. None returns normally.</summary>
public static class Throw
{
    // Made before it is needed: there is no memory left for it then.
    private static readonly OutOfMemoryException s_outOfMemory = new();

    /// <summary>The exception that says that the heap is full.</summary>
    internal static Exception OutOfMemoryException => s_outOfMemory;

    [DoesNotReturn]
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void IndexOutOfRange()
    {
        if (CompilerFacts.IsManaged)
        {
            throw new IndexOutOfRangeException();
        }

        Abandonment.Abandon("index out of range");
    }

    [DoesNotReturn]
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void NullReference()
    {
        if (CompilerFacts.IsManaged)
        {
            throw new NullReferenceException();
        }

        Abandonment.Abandon("null reference");
    }

    [DoesNotReturn]
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void DivideByZero()
    {
        if (CompilerFacts.IsManaged)
        {
            throw new DivideByZeroException();
        }

        Abandonment.Abandon("division by zero");
    }

    [DoesNotReturn]
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Overflow()
    {
        if (CompilerFacts.IsManaged)
        {
            throw new OverflowException();
        }

        Abandonment.Abandon("arithmetic overflow");
    }

    [DoesNotReturn]
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void InvalidCast()
    {
        if (CompilerFacts.IsManaged)
        {
            throw new InvalidCastException();
        }

        Abandonment.Abandon("invalid cast");
    }

    [DoesNotReturn]
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void ArrayTypeMismatch()
    {
        if (CompilerFacts.IsManaged)
        {
            throw new ArrayTypeMismatchException();
        }

        Abandonment.Abandon("value does not fit the array's element type");
    }

    [DoesNotReturn]
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void MissingConstructor()
    {
        if (CompilerFacts.IsManaged)
        {
            throw new MissingMethodException();
        }

        Abandonment.Abandon("the type has no constructor without parameters");
    }

    [DoesNotReturn]
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void OutOfMemory()
    {
        if (CompilerFacts.IsManaged)
        {
            throw s_outOfMemory;
        }

        Abandonment.Abandon("out of memory: the heap region is too small, or a driver allocates after Init");
    }
}
