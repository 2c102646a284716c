// Utf8JsonWriter into a buffer.
using System;
using System.Buffers;
using System.Text;
using System.Text.Json;
namespace Programs;

public static class JsonWriting
{
    public static void Main()
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter writer = new(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("name", "pr\u00efde \"q\"");
            writer.WriteNumber("count", 42);
            writer.WriteStartArray("list");
            for (int i = 0; i < 5; i++) { writer.WriteNumberValue(i * 0.5); }
            writer.WriteEndArray();
            writer.WriteBoolean("ok", true);
            writer.WriteNull("none");
            writer.WriteEndObject();
        }
        Console.WriteLine(Encoding.UTF8.GetString(buffer.WrittenSpan));
    }
}
