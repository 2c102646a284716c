// Writing a document of 2000 records with Utf8JsonWriter and reading it back with Utf8JsonReader.

using System;
using System.Buffers;
using System.Text.Json;

namespace SpeedSet;

/// <summary>System.Text.Json without reflection.</summary>
internal static class Json
{
    private const int Records = 2000;
    private const int Passes = 10;

    private static readonly ArrayBufferWriter<byte> s_buffer = new(1 << 20);

    public static void Main() => Rounds.Run(nameof(Json), Round);

    private static long Round()
    {
        long sum = 0;
        for (int pass = 0; pass < Passes; pass++)
        {
            s_buffer.ResetWrittenCount();
            Write(s_buffer);
            sum += s_buffer.WrittenCount + Read(s_buffer.WrittenSpan);
        }

        return sum;
    }

    private static void Write(IBufferWriter<byte> output)
    {
        using Utf8JsonWriter writer = new(output);
        writer.WriteStartArray();
        for (int i = 0; i < Records; i++)
        {
            writer.WriteStartObject();
            writer.WriteNumber("id", i);
            writer.WriteString("name", "record number one \"quoted\" \u00e9");
            writer.WriteNumber("ratio", i * 0.25);
            writer.WriteBoolean("even", i % 2 == 0);
            writer.WriteStartArray("tags");
            writer.WriteStringValue("first");
            writer.WriteStringValue("second");
            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static long Read(ReadOnlySpan<byte> text)
    {
        Utf8JsonReader reader = new(text);
        long sum = 0;
        while (reader.Read())
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.Number:
                    sum += (long)reader.GetDouble();
                    break;
                case JsonTokenType.String:
                    sum += reader.GetString()!.Length;
                    break;
                case JsonTokenType.PropertyName when reader.ValueTextEquals("even"u8):
                    sum++;
                    break;
                case JsonTokenType.True:
                    sum += 2;
                    break;
            }
        }

        return sum;
    }
}
