// Inheritance, virtual and abstract methods, interfaces with defaults, casts.
using System;
namespace Programs;

public static class Classes
{
    private interface IShape { double Area(); string Describe() => "shape of " + Area().ToString("F1"); }
    private abstract class Shape : IShape
    {
        public string Name { get; init; } = "?";
        public abstract double Area();
        public virtual string Tag => "shape";
        public override string ToString() => Name + ":" + Tag;
    }
    private sealed class Square(double side) : Shape { public override double Area() => side * side; public override string Tag => "square/" + base.Tag; }
    private class Circle(double radius) : Shape, IShape { public override double Area() => 3 * radius * radius; string IShape.Describe() => "circle"; }
    public static void Main()
    {
        Shape[] shapes = [new Square(2) { Name = "a" }, new Circle(1) { Name = "b" }];
        foreach (Shape shape in shapes)
        {
            Console.WriteLine(shape.ToString());
            Console.WriteLine(((IShape)shape).Describe());
            Console.WriteLine(shape is Square);
            Console.WriteLine((shape as Circle)?.Name ?? "none");
        }
        object o = shapes[0];
        try { Console.WriteLine(((Circle)o).Name); } catch (InvalidCastException) { Console.WriteLine("bad cast"); }
        object boxed = 42;
        Console.WriteLine((int)boxed + 1);
        try { Console.WriteLine((long)boxed); } catch (InvalidCastException) { Console.WriteLine("bad unbox"); }
        Console.WriteLine(o.GetType() == typeof(Square));
        Console.WriteLine(o.GetType().Name + " " + typeof(int).FullName + " " + boxed.GetType().Name);
        object[] strings = new string[2];
        try { strings[0] = new object(); } catch (ArrayTypeMismatchException) { Console.WriteLine("bad store"); }
        strings[1] = "fits";
        Console.WriteLine(strings[1]);
        Console.WriteLine(new object().Equals(o) || o.Equals(null) || !o.Equals(o));
    }
}
