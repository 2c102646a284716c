// What a source-generated context does with the shapes of types: required and init-only members, constructors, fields, extension data,
// orders, conditions, numbers as text, callbacks, population, references, structs, naming policies, both modes of the generator.

using System;
using System.Collections.Generic;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Programs;

public sealed class Order
{
    public required int Number { get; init; }

    [JsonRequired]
    public string Customer { get; set; } = "";

    public DateOnly Day { get; init; } = new(2020, 1, 1);

    public TimeOnly? At { get; init; }

    public IReadOnlyList<Line> Lines { get; init; } = [];

    [JsonExtensionData]
    public JsonObject? More { get; set; }
}

public readonly record struct Line(string Item, int Count = 1, [property: JsonPropertyName("unit_price")] decimal Price = 9.99m);

public sealed class Chosen
{
    public Chosen()
    {
        Way = "plain";
    }

    [JsonConstructor]
    public Chosen(int a, string? b)
    {
        A = a;
        B = b;
        Way = "chosen";
    }

    public int A { get; }

    public string? B { get; }

    [JsonIgnore]
    public string Way { get; }
}

public class Conditional : IJsonOnSerializing, IJsonOnSerialized, IJsonOnDeserializing, IJsonOnDeserialized
{
    [JsonPropertyOrder(2)]
    public int Last { get; set; }

    [JsonPropertyOrder(-1)]
    public string First { get; set; } = "first";

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Zero { get; set; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Nothing { get; set; }

    [JsonNumberHandling(JsonNumberHandling.WriteAsString | JsonNumberHandling.AllowReadingFromString)]
    public long Big { get; set; }

    [JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)]
    public double Named { get; set; }

    [JsonInclude]
    public int Field;

    [JsonObjectCreationHandling(JsonObjectCreationHandling.Populate)]
    public List<int> Kept { get; } = [1, 2];

    public void OnSerializing() => Console.Write("(serializing)");

    public void OnSerialized() => Console.Write("(serialized)");

    public void OnDeserializing() => Console.Write("(deserializing)");

    public void OnDeserialized() => Console.Write("(deserialized)");
}

[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed class Strict
{
    public int Known { get; set; }
}

public sealed class Node
{
    public string Name { get; set; } = "";

    public Node? Next { get; set; }
}

public struct Pair<TLeft, TRight>
{
    [JsonInclude]
    public TLeft Left;

    [JsonInclude]
    public TRight Right;
}

public sealed record Immutable(int X, int Y = 7)
{
    public int Sum => X + Y;

    public string? Note { get; init; }
}

[JsonSerializable(typeof(Order))]
[JsonSerializable(typeof(Chosen))]
[JsonSerializable(typeof(Conditional))]
[JsonSerializable(typeof(Strict))]
[JsonSerializable(typeof(Node))]
[JsonSerializable(typeof(Pair<int, string>))]
[JsonSerializable(typeof(Immutable))]
[JsonSourceGenerationOptions(AllowTrailingCommas = true, ReadCommentHandling = JsonCommentHandling.Skip, PropertyNameCaseInsensitive = true)]
internal sealed partial class ShapesContext : JsonSerializerContext;

[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Serialization, PropertyNamingPolicy = JsonKnownNamingPolicy.KebabCaseLower, WriteIndented = true, NewLine = "\n", IndentSize = 1)]
[JsonSerializable(typeof(Immutable))]
internal sealed partial class FastContext : JsonSerializerContext;

public static class JsonShapes
{
    public static void Main()
    {
        Orders();
        Constructors();
        Conditions();
        References();
        Contracts();
    }

    private static void Orders()
    {
        Order? order = JsonSerializer.Deserialize("""
            { "number": 5, /* comment */ "CUSTOMER": "c", "At": "23:59:58", "lines": [ {"Item":"i","unit_price":1.50}, {"Item":"j","Count":3}, ],
              "extra": {"deep":[1,2,{"x":null}]}, "other": "text", }
            """, ShapesContext.Default.Order);
        Console.WriteLine($"{order!.Number} {order.Customer} {order.Day:O} {order.At:O} {string.Join('|', order.Lines)} {order.More!["extra"]!["deep"]![1]}");
        Console.WriteLine(JsonSerializer.Serialize(order, ShapesContext.Default.Order));
        Try(() => JsonSerializer.Deserialize("{\"Number\":1}", ShapesContext.Default.Order));
        Try(() => JsonSerializer.Deserialize("{}", ShapesContext.Default.Order));
    }

    private static void Constructors()
    {
        Chosen chosen = JsonSerializer.Deserialize("{\"b\":\"x\",\"A\":4}", ShapesContext.Default.Chosen)!;
        Console.WriteLine($"{chosen.Way} {chosen.A} {chosen.B} {JsonSerializer.Serialize(chosen, ShapesContext.Default.Chosen)}");
        Immutable value = JsonSerializer.Deserialize("{\"x\":3,\"Note\":\"n\"}", ShapesContext.Default.Immutable)!;
        Console.WriteLine($"{value} {JsonSerializer.Serialize(value, ShapesContext.Default.Immutable)}");
        Console.WriteLine(JsonSerializer.Serialize(value with { X = 9 }, FastContext.Default.Immutable));
        Console.WriteLine(JsonSerializer.Serialize(new Pair<int, string> { Left = 1, Right = "r" }, ShapesContext.Default.PairInt32String));
    }

    private static void Conditions()
    {
        Conditional value = new() { Big = long.MaxValue, Named = double.NegativeInfinity, Field = 3 };
        string text = JsonSerializer.Serialize(value, ShapesContext.Default.Conditional);
        Console.WriteLine(text);
        Conditional back = JsonSerializer.Deserialize("""{"Big":"-5","Named":"NaN","Field":8,"Kept":[3],"Zero":1}""", ShapesContext.Default.Conditional)!;
        Console.WriteLine($" {back.Big} {back.Named} {back.Field} {string.Join(',', back.Kept)} {back.Zero}");
        Try(() => JsonSerializer.Deserialize("{\"Known\":1,\"Unknown\":2}", ShapesContext.Default.Strict));
    }

    private static void References()
    {
        Node loop = new() { Name = "a" };
        loop.Next = new Node { Name = "b", Next = loop };
        ShapesContext preserving = new(new JsonSerializerOptions { ReferenceHandler = ReferenceHandler.Preserve });
        string text = JsonSerializer.Serialize(loop, preserving.Node);
        Console.WriteLine(text);
        Node back = JsonSerializer.Deserialize(text, preserving.Node)!;
        Console.WriteLine(ReferenceEquals(back, back.Next!.Next));
        ShapesContext ignoring = new(new JsonSerializerOptions { ReferenceHandler = ReferenceHandler.IgnoreCycles, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull });
        Console.WriteLine(JsonSerializer.Serialize(loop, ignoring.Node));
    }

    private static void Contracts()
    {
        JsonSerializerOptions options = new()
        {
            TypeInfoResolver = System.Text.Json.Serialization.Metadata.JsonTypeInfoResolver.WithAddedModifier(ShapesContext.Default, static info =>
            {
                foreach (var property in info.Properties)
                {
                    property.Name = property.Name.ToUpperInvariant();
                }
            }),
        };
        Console.WriteLine(JsonSerializer.Serialize(new Immutable(1, 2), options));
        Console.WriteLine(JsonSerializer.Deserialize<Immutable>("{\"X\":5,\"Y\":6,\"NOTE\":\"up\"}", options));
        Console.WriteLine(JsonSerializer.Serialize((object)new Immutable(3), typeof(Immutable), ShapesContext.Default));
        JsonSerializerOptions both = new() { TypeInfoResolverChain = { FastContext.Default, ShapesContext.Default }, MaxDepth = 3 };
        Console.WriteLine(JsonSerializer.Deserialize<Node>("{\"Name\":\"n\",\"Next\":{\"Name\":\"m\"}}", both)!.Next!.Name);
        Try(() => JsonSerializer.Deserialize<Node>("{\"Next\":{\"Next\":{\"Next\":{}}}}", both));
        Try(() => JsonSerializer.Serialize(new Version(1, 2), both));
    }

    private static void Try(Action action)
    {
        try
        {
            action();
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            Console.WriteLine(e.GetType().Name + ": " + e.Message);
        }
    }
}
