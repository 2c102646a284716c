// Converters of one's own under a source-generated context, a factory among them, and every kind of collection and framework type as a member.

using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.IO;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Threading.Tasks;

namespace Programs;

[JsonConverter(typeof(CelsiusConverter))]
public readonly record struct Celsius(double Degrees);

public sealed class CelsiusConverter : JsonConverter<Celsius>
{
    public override Celsius Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        string text = reader.GetString() ?? throw new JsonException("no temperature");
        return text.EndsWith('C') ? new Celsius(double.Parse(text.AsSpan(0, text.Length - 1))) : throw new JsonException($"'{text}' is not a {typeToConvert.Name}");
    }

    public override void Write(Utf8JsonWriter writer, Celsius value, JsonSerializerOptions options) => writer.WriteStringValue($"{value.Degrees}C");

    public override Celsius ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => Read(ref reader, typeToConvert, options);

    public override void WriteAsPropertyName(Utf8JsonWriter writer, Celsius value, JsonSerializerOptions options) => writer.WritePropertyName($"{value.Degrees}C");
}

public sealed class HexConverter : JsonConverter<int>
{
    public override int Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => Convert.ToInt32(reader.GetString(), 16);

    public override void Write(Utf8JsonWriter writer, int value, JsonSerializerOptions options) => writer.WriteStringValue("0x" + value.ToString("x"));
}

// A factory that makes converters for two closed types.
public sealed class BoxConverterFactory : JsonConverterFactory
{
    public override bool CanConvert(Type typeToConvert) => typeToConvert == typeof(Box<int>) || typeToConvert == typeof(Box<string>);

    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
        typeToConvert == typeof(Box<int>) ? new BoxConverter<int>() : new BoxConverter<string>();

    private sealed class BoxConverter<T> : JsonConverter<Box<T>>
    {
        public override Box<T> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            reader.Read();
            T? value = ((JsonConverter<T>)options.GetConverter(typeof(T))).Read(ref reader, typeof(T), options);
            reader.Read();
            return new Box<T> { Value = value };
        }

        public override void Write(Utf8JsonWriter writer, Box<T> value, JsonSerializerOptions options)
        {
            writer.WriteStartArray();
            ((JsonConverter<T>)options.GetConverter(typeof(T))).Write(writer, value.Value!, options);
            writer.WriteEndArray();
        }
    }
}

[JsonConverter(typeof(BoxConverterFactory))]
public sealed class Box<T>
{
    public T? Value { get; set; }
}

public sealed class Everything
{
    public Celsius Water { get; set; } = new(100);

    [JsonConverter(typeof(HexConverter))]
    public int Mask { get; set; } = 0xff;

    public Dictionary<Celsius, string> States { get; set; } = new() { [new(0)] = "ice" };

    public Box<int> Number { get; set; } = new() { Value = 5 };

    public Box<string>? Text { get; set; } = new() { Value = "t" };

    public ImmutableArray<int> Immutables { get; set; } = [1, 2];

    public HashSet<string> Set { get; set; } = ["a", "b"];

    public Stack<int> Stack { get; set; } = new([1, 2, 3]);

    public IReadOnlyDictionary<int, bool> Flags { get; set; } = new Dictionary<int, bool> { [3] = true };

    public int[][] Jagged { get; set; } = [[1], [], [2, 3]];

    public DateTimeOffset When { get; set; } = new(2024, 5, 6, 7, 8, 9, TimeSpan.FromHours(2));

    public Uri Link { get; set; } = new("http://pride.example/a?b=c");
}

[JsonSerializable(typeof(Everything))]
[JsonSerializable(typeof(Celsius))]
[JsonSerializable(typeof(List<Box<int>>))]
[JsonSerializable(typeof(IAsyncEnumerable<int>))]
[JsonSerializable(typeof(Dictionary<string, object>))]
internal sealed partial class EverythingContext : JsonSerializerContext;

[JsonSourceGenerationOptions(Converters = [typeof(HexConverter)], UseStringEnumConverter = true)]
[JsonSerializable(typeof(int[]))]
[JsonSerializable(typeof(DayOfWeek))]
internal sealed partial class HexContext : JsonSerializerContext;

public static class JsonConverters
{
    public static void Main()
    {
        string text = JsonSerializer.Serialize(new Everything(), EverythingContext.Default.Everything);
        Console.WriteLine(text);
        Everything back = JsonSerializer.Deserialize(text, EverythingContext.Default.Everything)!;
        Console.WriteLine(JsonSerializer.Serialize(back, EverythingContext.Default.Everything) == text ? "the same again" : "not the same");
        Console.WriteLine($"{back.Water} {back.Mask} {back.Number.Value} {back.Text!.Value} {back.Stack.Peek()} {back.Immutables.Length} {back.When:O}");
        Console.WriteLine(JsonSerializer.Serialize(new[] { 16, 255 }, HexContext.Default.Int32Array) + JsonSerializer.Serialize(DayOfWeek.Friday, HexContext.Default.DayOfWeek));
        foreach (string json in new[] { "\"20C\"", "\"20F\"", "5", "null" })
        {
            try
            {
                Console.WriteLine(JsonSerializer.Deserialize(json, EverythingContext.Default.Celsius));
            }
            catch (Exception e) when (e is JsonException or InvalidOperationException)
            {
                Console.WriteLine($"{e.GetType().Name}: {e.Message}");
            }
        }

        Dictionary<string, object> mixed = new() { ["celsius"] = new Celsius(1), ["boxes"] = new List<Box<int>> { new() { Value = 1 } } };
        Console.WriteLine(JsonSerializer.Serialize(mixed, EverythingContext.Default.DictionaryStringObject));
        Streams().Wait();
    }

    private static async Task Streams()
    {
        using MemoryStream stream = new();
        await JsonSerializer.SerializeAsync(stream, Numbers(), EverythingContext.Default.IAsyncEnumerableInt32);
        Console.WriteLine(Encoding.UTF8.GetString(stream.ToArray()));
        stream.Position = 0;
        await foreach (int number in JsonSerializer.DeserializeAsyncEnumerable(stream, HexlessContext.Default.Int32))
        {
            Console.Write(number + ";");
        }

        Console.WriteLine();
        stream.SetLength(0);
        await JsonSerializer.SerializeAsync(stream, new Everything { Mask = 17 }, EverythingContext.Default.Everything);
        stream.Position = 0;
        Console.WriteLine((await JsonSerializer.DeserializeAsync(stream, EverythingContext.Default.Everything))!.Mask);
    }

    private static async IAsyncEnumerable<int> Numbers()
    {
        for (int i = 0; i < 4; i++)
        {
            await Task.Yield();
            yield return i * i;
        }
    }
}

[JsonSerializable(typeof(int))]
internal sealed partial class HexlessContext : JsonSerializerContext;
