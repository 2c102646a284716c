// What goes over the wire, in JSON. The source generator writes the code for it, so nothing is looked up at run time.

using System.Collections.Generic;
using System.Text.Json.Serialization;

namespace Inventory.Domains;

/// <summary>What happened to an item.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ChangeKind>))]
public enum ChangeKind
{
    Created,
    Replaced,
    Moved,
    Ordered,
    Deleted,
}

/// <summary>An item in store. Every change makes a new one with the next revision.</summary>
public sealed record Item(int Id, int Revision, string Name, decimal Price, int Quantity, IReadOnlyList<string> Tags);

/// <summary>What a client says of an item.</summary>
public sealed record ItemDraft(string Name, decimal Price, int Quantity = 0, IReadOnlyList<string>? Tags = null);

/// <summary>Pieces that come (positive) or go.</summary>
public sealed record Movement(int Delta, string? Reason = null);

/// <summary>One entry of the log.</summary>
public sealed record Change(int Sequence, ChangeKind Kind, int Item, int Delta, string? Reason = null);

/// <summary>Changes after the one that was asked for, and the number to ask for next.</summary>
public sealed record ChangeList(int Last, IReadOnlyList<Change> Changes);

/// <summary>So many pieces of an item.</summary>
public sealed record OrderLine(int Item, int Pieces);

/// <summary>An order: all of its lines or nothing.</summary>
public sealed record Order(IReadOnlyList<OrderLine> Lines);

/// <summary>An order that was carried out.</summary>
public sealed record Receipt(int Number, decimal Total, IReadOnlyList<OrderLine> Lines);

/// <summary>A page of items, and how many there are on all pages.</summary>
public sealed record ItemPage(int Total, IReadOnlyList<Item> Items);

/// <summary>What is in store, by tag.</summary>
public sealed record Report(int Items, long Pieces, decimal Value, IReadOnlyList<TagReport> Tags);

/// <summary>The items of one tag.</summary>
public sealed record TagReport(string Tag, int Items, long Pieces, decimal Value, double AveragePrice, string Dearest);

/// <summary>The result of an import: a line that is wrong does not stop the others.</summary>
public sealed record ImportResult(int Imported, IReadOnlyList<ImportError> Errors);

/// <summary>Why one line was refused; lines count from 1.</summary>
public sealed record ImportError(int Line, string Message);

/// <summary>Every answer that is not what the client asked for.</summary>
public sealed record Problem(int Status, string Code, string Message, string? Path = null);

/// <summary>The generated serializer: strict in what it reads.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    MaxDepth = 32)]
[JsonSerializable(typeof(Item))]
[JsonSerializable(typeof(ItemDraft))]
[JsonSerializable(typeof(ItemPage))]
[JsonSerializable(typeof(Movement))]
[JsonSerializable(typeof(ChangeList))]
[JsonSerializable(typeof(Order))]
[JsonSerializable(typeof(Receipt))]
[JsonSerializable(typeof(Report))]
[JsonSerializable(typeof(ImportResult))]
[JsonSerializable(typeof(Problem))]
internal sealed partial class Json : JsonSerializerContext;
