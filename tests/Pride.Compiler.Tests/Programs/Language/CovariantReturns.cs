// Overrides with more special return types: over several levels, called through every base, with properties, generics and interfaces.
using System;
using System.Collections.Generic;
namespace Programs;

public static class CovariantReturns
{
    private interface ICloneableAnimal { Animal Clone(); }
    private abstract class Animal : ICloneableAnimal { public abstract Animal Clone(); public virtual object Tag => "animal"; public virtual IEnumerable<object> Items() => [1]; public virtual object Of<T>(T value) => value!; }
    private class Dog : Animal { public override Dog Clone() => new Puppy(); public override string Tag => "dog"; public override List<object> Items() => ["d"]; public override string Of<T>(T value) => "dog " + value; }
    private class Puppy : Dog { public override Puppy Clone() => this; public override string Tag => base.Tag + " puppy"; public override string Of<T>(T value) => base.Of(value) + " puppy"; }
    private sealed class Whelp : Puppy { public override Whelp Clone() => this; public override List<object> Items() => ["w", "h"]; public override string Tag => "whelp of " + base.Tag; }
    private sealed class Cat : Animal { public override Cat Clone() => this; }
    private class Maker<T> where T : class { public virtual object Make(T value) => value; }
    private class StringMaker : Maker<string> { public override string Make(string value) => value + "!"; }
    private sealed class LoudMaker : StringMaker { public override string Make(string value) => base.Make(value.ToUpperInvariant()); }
    public static void Main()
    {
        foreach (Animal animal in (Animal[])[new Dog(), new Puppy(), new Whelp(), new Cat()])
        {
            Animal clone = animal.Clone();
            Console.WriteLine($"{clone.GetType().Name} {clone.Tag} {animal.Tag} {string.Join(',', animal.Items())} {ReferenceEquals(clone, clone.Clone())} {((ICloneableAnimal)animal).Clone().Tag} {animal.Of(5)} {animal.Of("x")}");
            if (animal is Dog dog) { Console.WriteLine(dog.Clone().Clone().Tag + " " + dog.Items().Count + dog.Of('c').Length); }
        }

        foreach (Maker<string> maker in (Maker<string>[])[new(), new StringMaker(), new LoudMaker()]) { Console.WriteLine(maker.Make("made")); }
    }
}
