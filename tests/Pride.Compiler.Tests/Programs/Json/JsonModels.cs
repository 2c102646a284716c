// The types that the serialization programs write and read, and the context that the source generator fills.

using System;
using System.Collections.Generic;
using System.Text.Json.Serialization;

namespace Programs;

[JsonConverter(typeof(JsonStringEnumConverter<Colour>))]
public enum Colour
{
    Red,
    Green,
    Blue,
}

public enum Size
{
    Small = 1,
    Large = 10,
}

public sealed record Address(string Street, int Number, string? Extra = null);

public sealed class Person
{
    public required string Name { get; set; }

    public int Age { get; set; }

    public Colour Favourite { get; set; }

    public Size? Size { get; init; }

    public Address? Home { get; set; }

    public List<Person> Children { get; set; } = [];

    public Dictionary<string, double>? Scores { get; set; }

    [JsonPropertyName("data")]
    public byte[]? Bytes { get; set; }

    [JsonIgnore]
    public string Secret { get; set; } = "secret";

    [JsonExtensionData]
    public Dictionary<string, System.Text.Json.JsonElement>? Rest { get; set; }
}

public struct Measurement
{
    public DateTime At { get; set; }

    public decimal Value { get; set; }

    public Guid Id { get; set; }

    public TimeSpan Took { get; set; }

    public long[]? Counts { get; set; }

    public char Sign { get; set; }

    public object? Any { get; set; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Person))]
[JsonSerializable(typeof(Measurement))]
[JsonSerializable(typeof(List<int>))]
[JsonSerializable(typeof(Dictionary<string, Address>))]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(int))]
internal sealed partial class ModelContext : JsonSerializerContext;
