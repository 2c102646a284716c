// JsonSerializer over a source-generated context: objects to text.

using System;
using System.Collections.Generic;
using System.Text.Json;

namespace Programs;

public static class JsonSerializing
{
    public static void Main()
    {
        Person ada = new()
        {
            Name = "Ada \"L\" \u00e9\u4f60\ud83d\ude00<&>",
            Age = 36,
            Favourite = Colour.Blue,
            Size = Size.Large,
            Home = new Address("Main", 5),
            Scores = new() { ["chess"] = 1.5, ["go"] = -0.0, ["big"] = 1e300 },
            Bytes = [1, 2, 3, 255],
        };
        ada.Children.Add(new Person { Name = "Byron", Age = -1, Favourite = (Colour)17 });
        Console.WriteLine(JsonSerializer.Serialize(ada, ModelContext.Default.Person));
        Console.WriteLine(JsonSerializer.Serialize([1, 2, int.MinValue], ModelContext.Default.ListInt32));
        Dictionary<string, Address> addresses = new() { ["home"] = new Address("a", 1, "b"), ["work"] = null! };
        Console.WriteLine(JsonSerializer.Serialize(addresses, ModelContext.Default.DictionaryStringAddress));
        Console.WriteLine(JsonSerializer.Serialize("text", ModelContext.Default.String));
        byte[] utf8 = JsonSerializer.SerializeToUtf8Bytes(ada.Home, ModelContext.Default.Address);
        Console.WriteLine(Convert.ToHexString(utf8));
        Measure();
        Indented(ada);
        Fail();
    }

    private static void Measure()
    {
        Measurement measurement = new()
        {
            At = new DateTime(2024, 2, 29, 23, 59, 58, 765, DateTimeKind.Utc),
            Value = 12.340m,
            Id = new Guid("00112233-4455-6677-8899-aabbccddeeff"),
            Took = TimeSpan.FromMilliseconds(90_061_001),
            Counts = [long.MinValue, 0, long.MaxValue],
            Sign = '\'',
            Any = 5,
        };
        Console.WriteLine(JsonSerializer.Serialize(measurement, ModelContext.Default.Measurement));
        measurement.Any = new Dictionary<string, Address> { ["x"] = new("y", 2) };
        Console.WriteLine(JsonSerializer.Serialize(measurement, ModelContext.Default.Measurement));
    }

    private static void Indented(Person person)
    {
        ModelContext context = new(new JsonSerializerOptions { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower });
        Console.WriteLine(JsonSerializer.Serialize(person, context.Person).ReplaceLineEndings("\n"));
    }

    private static void Fail()
    {
        // A type that the context does not know.
        Measurement measurement = new() { Any = new Uri("http://pride.example/") };
        try
        {
            Console.WriteLine(JsonSerializer.Serialize(measurement, ModelContext.Default.Measurement));
        }
        catch (NotSupportedException e)
        {
            Console.WriteLine(e.Message);
        }

        Person loop = new() { Name = "loop" };
        loop.Children.Add(loop);
        try
        {
            Console.WriteLine(JsonSerializer.Serialize(loop, ModelContext.Default.Person));
        }
        catch (JsonException e)
        {
            Console.WriteLine(e.Message);
        }
    }
}
