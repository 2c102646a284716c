// Covariance and contravariance of interfaces, delegates and arrays; covariant returns; casts across them.
using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
namespace Programs;

public static class Variance
{
    private class Animal { public virtual string Name => "animal"; public virtual Animal Child() => new(); }
    private class Dog : Animal { public override string Name => "dog"; public override Dog Child() => new Puppy(); public string Bark() => "woof"; }
    private sealed class Puppy : Dog { public override string Name => "puppy"; public override Puppy Child() => this; }
    private interface ISource<out T> { T Get(); }
    private interface ISink<in T> { string Put(T value); }
    private interface IBoth<in TIn, out TOut> : ISource<TOut>, ISink<TIn>;
    private sealed class Kennel : ISource<Dog>, ISink<Animal>, IBoth<Animal, Puppy>
    {
        Dog ISource<Dog>.Get() => new(); Puppy ISource<Puppy>.Get() => new();
        public string Put(Animal value) => "took " + value.Name;
    }
    private static string Kind(object o) => o switch
    {
        IEnumerable<Animal> animals => "animals " + animals.Count(),
        IEnumerable<int> ints => "ints " + ints.Count(),
        IEnumerable<object> objects => "objects " + objects.Count(),
        IEnumerable any => "any " + any.GetType().Name,
        _ => "none",
    };
    public static void Main()
    {
        Kennel kennel = new();
        ISource<Animal> animals = (ISource<Dog>)kennel;
        ISink<Puppy> sink = kennel;
        Console.WriteLine(animals.Get().Name + " " + sink.Put(new Puppy()));
        IBoth<Dog, Animal> both = kennel;
        Console.WriteLine(both.Get().Name + " " + both.Put(new Dog()));
        Func<Dog> makeDog = () => new Dog();
        Func<Animal> makeAnimal = makeDog;
        Action<Animal> see = a => Console.WriteLine("saw " + a.Name);
        Action<Puppy> seePuppy = see;
        seePuppy(new Puppy());
        Console.WriteLine(makeAnimal().Name + " " + (makeAnimal is Func<Dog>) + " " + ((Delegate)makeAnimal == (Delegate)makeDog));
        Animal[] array = new Dog[] { new Dog(), new Puppy() };
        try { array[0] = new Animal(); } catch (ArrayTypeMismatchException) { Console.WriteLine("mismatch"); }
        array[1] = new Dog();
        Console.WriteLine(array.Length + array[1].Name + " " + (array is Dog[]) + (array is Puppy[]) + (array is object[]));
        IList<Animal> list = new Dog[] { new Puppy() };
        IReadOnlyList<object> objects = new List<string> { "a", "b" };
        Console.WriteLine(list[0].Name + list.Count + objects[1] + objects.Count);
        Console.WriteLine(Kind(new List<Dog> { new() }) + ", " + Kind(new int[3]) + ", " + Kind(new[] { "x" }) + ", " + Kind(new double[2]) + ", " + Kind(new HashSet<Puppy>()) + ", " + Kind(1));
        object numbers = new uint[] { 1, uint.MaxValue };
        Console.WriteLine((numbers is int[]) + " " + ((int[])numbers)[1]);
        Animal dog = new Dog();
        Console.WriteLine(dog.Child().Name + " " + new Dog().Child().Bark() + " " + dog.Child().Child().Name);
        IComparer<Animal> byName = Comparer<Animal>.Create((a, b) => string.CompareOrdinal(a.Name, b.Name));
        List<Dog> dogs = [new Puppy(), new Dog()];
        dogs.Sort((IComparer<Dog>)byName);
        Console.WriteLine(string.Join(' ', dogs.Select(d => d.Name)));
        IEnumerable<Animal> casted = dogs;
        Console.WriteLine(casted.OfType<Puppy>().Count() + " " + casted.Cast<object>().Count());
    }
}
