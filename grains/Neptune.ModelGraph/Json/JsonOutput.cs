using System.Buffers;
using System.Text.Json;

namespace Neptune.ModelGraph;

/// <summary>JSON with one form per value: no white space, fields in a fixed order, shortest exact numbers.</summary>
internal static class JsonOutput
{
    public static byte[] Write(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            write(json);
        }
        return buffer.WrittenSpan.ToArray();
    }

    public static void WriteReal(this Utf8JsonWriter json, string field, float value)
    {
        json.WritePropertyName(field);
        json.WriteReal(value);
    }

    public static void WriteReal(this Utf8JsonWriter json, string field, double value)
    {
        json.WritePropertyName(field);
        if (double.IsFinite(value))
        {
            json.WriteNumberValue(value);
        }
        else
        {
            json.WriteStringValue(NotFinite(value));
        }
    }

    public static void WriteReal(this Utf8JsonWriter json, float value)
    {
        if (float.IsFinite(value))
        {
            json.WriteNumberValue(value);
        }
        else
        {
            json.WriteStringValue(NotFinite(value));
        }
    }

    public static void WriteTexts(this Utf8JsonWriter json, string field, IEnumerable<string> texts)
    {
        json.WriteStartArray(field);
        foreach (var text in texts)
        {
            json.WriteStringValue(text);
        }
        json.WriteEndArray();
    }

    private static string NotFinite(double value) =>
        double.IsNaN(value) ? "NaN"
        : value > 0 ? "Infinity"
        : "-Infinity";
}
