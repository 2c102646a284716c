// JsonSerializer over a source-generated context: text to objects, and every kind of refusal.

using System;
using System.Collections.Generic;
using System.Text.Json;

namespace Programs;

public static class JsonDeserializing
{
    public static void Main()
    {
        Person? person = JsonSerializer.Deserialize("""
            {"name":"Ada","age":36,"favourite":"Green","size":10,"home":{"street":"Main","number":7},
             "children":[{"name":"B","favourite":1},{"name":"C","children":[]}],"scores":{"a":1.25,"b":3},"data":"AQID","unknown":[1,{"x":null}]}
            """, ModelContext.Default.Person);
        Show(person!);
        Console.WriteLine(JsonSerializer.Serialize(person!, ModelContext.Default.Person));
        Measurement measurement = JsonSerializer.Deserialize("""
            {"at":"2024-02-29T23:59:58.765Z","value":12.340,"id":"00112233-4455-6677-8899-aabbccddeeff","took":"1.01:01:01.0010000",
             "counts":[1,-2],"sign":"x","any":{"deep":[true]}}
            """, ModelContext.Default.Measurement);
        Console.WriteLine($"{measurement.At:O} {measurement.Value} {measurement.Id} {measurement.Took} {measurement.Counts!.Length} {measurement.Sign} {measurement.Any}");
        List<int>? numbers = JsonSerializer.Deserialize("[1, 2,3 ]"u8, ModelContext.Default.ListInt32);
        Console.WriteLine(string.Join(';', numbers!));
        Console.WriteLine(JsonSerializer.Deserialize("null", ModelContext.Default.Person) is null);
        foreach (string text in Wrong)
        {
            Refuse(text);
        }
    }

    private static string[] Wrong =>
    [
        "",
        "{",
        "[]",
        "{\"age\":1}",
        "{\"name\":null}",
        "{\"name\":5}",
        "{\"name\":\"x\",\"age\":\"1\"}",
        "{\"name\":\"x\",\"age\":1.5}",
        "{\"name\":\"x\",\"age\":99999999999}",
        "{\"name\":\"x\",\"favourite\":\"Pink\"}",
        "{\"name\":\"x\",\"data\":\"***\"}",
        "{\"name\":\"x\",\"home\":{\"street\":1}}",
        "{\"name\":\"x\",\"home\":{}}",
        "{\"name\":\"x\",}",
        "{\"name\":\"x\"} x",
        "{\"name\":\"\\ud800\"}",
        "{\"name\":\"x\",\"scores\":{\"a\":\"NaN\"}}",
        "{\"name\":\"x\",\"children\":" + new string('[', 100),
    ];

    private static void Refuse(string text)
    {
        try
        {
            Show(JsonSerializer.Deserialize(text, ModelContext.Default.Person)!);
        }
        catch (JsonException e)
        {
            Console.WriteLine($"{e.Path} {e.LineNumber} {e.BytePositionInLine} {e.Message}");
        }
    }

    private static void Show(Person person)
    {
        Console.WriteLine($"{person.Name} {person.Age} {person.Favourite} {person.Size} {person.Home} {person.Secret}");
        Console.WriteLine($"{person.Children.Count} {person.Scores?["a"]} {person.Bytes?.Length} {person.Rest?.Count}");
    }
}
