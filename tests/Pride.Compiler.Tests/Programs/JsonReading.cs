// Utf8JsonReader over a document, tokens and values.
using System;
using System.Text;
using System.Text.Json;
namespace Programs;

public static class JsonReading
{
    public static void Main()
    {
        byte[] json = Encoding.UTF8.GetBytes("{\"name\":\"pride\",\"n\":[1,2.5,-3e2],\"ok\":true,\"none\":null,\"esc\":\"a\\u00e9\\n\\\"\"}");
        Utf8JsonReader reader = new(json);
        while (reader.Read())
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.PropertyName: Console.Write(reader.GetString() + "="); break;
                case JsonTokenType.String: Console.WriteLine(reader.GetString()); break;
                case JsonTokenType.Number: Console.WriteLine(reader.GetDouble()); break;
                case JsonTokenType.True: Console.WriteLine(reader.GetBoolean()); break;
                default: Console.WriteLine((int)reader.TokenType); break;
            }
        }
        try { Utf8JsonReader bad = new("{\"a\":}"u8); while (bad.Read()) { } } catch (JsonException) { Console.WriteLine("bad json"); }
    }
}
