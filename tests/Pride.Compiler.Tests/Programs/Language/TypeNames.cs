// Types as objects: names, kinds, relations, equality; type tests over generics.
using System;
using System.Collections.Generic;
namespace Programs;

public static class TypeNames
{
    private class Base<T> { public class Inner; public string Mine => GetType().Name; }
    private sealed class Derived : Base<int>, IComparable<Derived> { public int CompareTo(Derived? other) => 0; }
    private struct Value; private interface IThing; private delegate void Callback(int n);
    private static string Name<T>() => typeof(T).Name;
    private static string Full<T>() => typeof(T).FullName!;
    private static string Kind(Type t) => (t.IsValueType ? "v" : "-") + (t.IsEnum ? "e" : "-") + (t.IsInterface ? "i" : "-") + (t.IsArray ? "a" : "-") + (t.IsClass ? "c" : "-") + (t.IsPrimitive ? "p" : "-") + (t.IsGenericType ? "g" : "-") + (t.IsSealed ? "s" : "-") + (t.IsAbstract ? "b" : "-");
    private static bool Is<T>(object? o) => o is T;
    private static T? As<T>(object o) where T : class => o as T;
    public static void Main()
    {
        Console.WriteLine(Name<int>() + " " + Name<string>() + " " + Name<int[]>() + " " + Name<List<int>>() + " " + Name<Dictionary<string, int[]>>() + " " + Name<Value>() + " " + Name<IThing>() + " " + Name<int?>() + " " + Name<(int, string)>() + " " + Name<int[,]>() + " " + Name<object[][]>());
        Console.WriteLine(Full<int>() + " " + Full<Value>() + " " + Full<DayOfWeek>() + " " + Full<Derived>() + " " + typeof(TypeNames).FullName + " " + typeof(TypeNames).Namespace);
        Console.WriteLine(Kind(typeof(int)) + " " + Kind(typeof(Value)) + " " + Kind(typeof(DayOfWeek)) + " " + Kind(typeof(IThing)) + " " + Kind(typeof(int[])) + " " + Kind(typeof(Derived)) + " " + Kind(typeof(string)) + " " + Kind(typeof(Callback)) + " " + Kind(typeof(List<int>)) + " " + Kind(typeof(TypeNames)));
        object[] things = [1, "s", new Derived(), new Value(), new int[1], new List<string>(), 'c', 1.5, new Base<string>.Inner(), DayOfWeek.Friday, (Action)Main, new Exception()];
        foreach (object thing in things) { Console.Write(thing.GetType().Name + " "); }
        Console.WriteLine();
        Console.WriteLine(new Derived().Mine + " " + new Base<string>().Mine);
        Console.WriteLine((typeof(int) == 1.GetType()) + " " + (typeof(List<int>) == typeof(List<string>)) + " " + typeof(string).Equals("".GetType()) + " " + (things[2].GetType() == typeof(Derived)));
        Console.WriteLine(Is<int>(1) + " " + Is<int?>(1) + " " + Is<long>(1) + " " + Is<object>(null) + " " + Is<IComparable<Derived>>(things[2]) + " " + Is<Base<int>>(things[2]) + " " + Is<Base<string>>(things[2]) + " " + Is<IEnumerable<char>>("x") + " " + Is<ValueType>(new Value()) + " " + Is<Enum>(DayOfWeek.Monday));
        Console.WriteLine((As<string>("y") ?? "null") + " " + (As<Derived>("y")?.Mine ?? "null") + " " + (As<Delegate>((Action)Main) != null));
        Console.WriteLine(typeof(Derived).BaseType!.Name + " " + (typeof(Derived).BaseType!.BaseType == typeof(object)) + " " + (typeof(object).BaseType == null) + " " + typeof(Value).BaseType!.Name);
        Console.WriteLine(typeof(object).IsAssignableFrom(typeof(string)) + " " + typeof(IComparable).IsAssignableFrom(typeof(int)) + " " + typeof(Base<int>).IsAssignableFrom(typeof(Derived)) + " " + typeof(string).IsAssignableFrom(typeof(object)) + " " + typeof(Derived).IsSubclassOf(typeof(Base<int>)) + " " + typeof(Base<int>).IsInstanceOfType(things[2]));
        Console.WriteLine((Nullable.GetUnderlyingType(typeof(int?)) == typeof(int)) + " " + (Nullable.GetUnderlyingType(typeof(int)) == null) + " " + (typeof(int[]).GetElementType() == typeof(int)) + " " + typeof(int[,]).GetArrayRank());
        Dictionary<Type, string> byType = new() { [typeof(int)] = "int", [typeof(string)] = "string" };
        Console.WriteLine(byType[5.GetType()] + " " + byType[typeof(string)] + " " + byType.ContainsKey(typeof(long)));
        Console.WriteLine(Type.GetTypeCode(typeof(int)) + " " + Type.GetTypeCode(typeof(decimal)) + " " + Type.GetTypeCode(typeof(Value)) + " " + typeof(int) + " " + new Value());
        Console.WriteLine(typeof(List<>).Name + " " + typeof(Dictionary<,>).Name);
        try { object o = "text"; _ = (int)o; } catch (InvalidCastException) { Console.WriteLine("invalid cast"); }
        try { object o = 5; _ = (long)o; } catch (InvalidCastException) { Console.WriteLine("invalid unboxing"); }
    }
}
