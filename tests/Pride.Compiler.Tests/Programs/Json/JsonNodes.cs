// The mutable document model: parsing, building, changing, comparing, cloning and writing nodes.

using System;
using System.Linq;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Programs;

public static class JsonNodes
{
    public static void Main()
    {
        JsonNode root = JsonNode.Parse("""{"name":"x","list":[1,2.5,"three",null,true],"inner":{"a":{"b":7}}}""")!;
        Console.WriteLine($"{root["name"]} {root["list"]![1]!.GetValue<double>()} {(int)root["inner"]!["a"]!["b"]!} {root["list"]!.AsArray().Count} {root["none"] is null} {root["list"]![0]!.GetPath()} {root["list"]![2]!.GetValueKind()}");
        JsonObject made = new() { ["number"] = 5, ["text"] = "t\u00e9", ["flag"] = false, ["big"] = 12345678901234L, ["money"] = 1.10m, ["when"] = new DateTime(2024, 1, 2, 3, 4, 5, DateTimeKind.Utc), ["nested"] = new JsonArray(1, "two", new JsonObject { ["three"] = 3.0 }) };
        Console.WriteLine(made.ToJsonString());
        made["number"] = 6;
        made.Remove("flag");
        made["nested"]!.AsArray().Add(JsonValue.Create('c'));
        made["nested"]!.AsArray().RemoveAt(0);
        made.Insert(0, "first", JsonValue.Create(Guid.Empty));
        Console.WriteLine(made.ToJsonString(new JsonSerializerOptions { WriteIndented = true, NewLine = "\n" }));
        JsonNode clone = made.DeepClone();
        Console.WriteLine($"{JsonNode.DeepEquals(clone, made)} {ReferenceEquals(clone, made)} {string.Join(',', made.Select(p => p.Key))}");
        clone["number"]!.ReplaceWith(JsonValue.Create("seven"));
        Console.WriteLine($"{JsonNode.DeepEquals(clone, made)} {clone["number"]} {clone["number"]!.Parent == clone} {clone["nested"]![1]!["three"]!.Root == clone}");
        try
        {
            made["again"] = made["nested"];
        }
        catch (InvalidOperationException e)
        {
            Console.WriteLine(e.Message);
        }

        try
        {
            Console.WriteLine(root["name"]!.GetValue<int>());
        }
        catch (Exception e) when (e is InvalidOperationException or FormatException)
        {
            Console.WriteLine(e.Message);
        }

        using JsonDocument document = JsonDocument.Parse("""[{"id":1,"tags":["a","b"]},{"id":2,"tags":[]},{"id":30,"tags":["c"]}]""");
        Console.WriteLine(string.Join(' ', document.RootElement.EnumerateArray().Where(e => e.GetProperty("tags").GetArrayLength() > 0).Select(e => e.GetProperty("id").GetInt32())));
        Console.WriteLine(string.Join(' ', root["list"]!.AsArray().Select(n => n?.ToJsonString() ?? "null")));
    }
}
