using System.Buffers.Binary;
using System.Text.Json;

namespace Neptune.Worker;

/// <summary>What a rank asks another one for.</summary>
/// <param name="Token">Of the generation.</param>
/// <param name="Node">The node that has the state.</param>
/// <param name="Vector">Which vector; null asks for the facts.</param>
/// <param name="Start">The first value.</param>
/// <param name="Count">How many.</param>
internal sealed record StateRequest(string Token, string Node, int? Vector, int Start, int Count)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <summary>Reads one without the length before it; null where it says nothing.</summary>
    /// <exception cref="JsonException">It is none.</exception>
    public static StateRequest? Parse(byte[] json) => JsonSerializer.Deserialize<StateRequest>(json, Json);

    /// <summary>With its length before it.</summary>
    public byte[] ToBytes()
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(this, Json);
        var message = new byte[sizeof(int) + json.Length];
        BinaryPrimitives.WriteInt32LittleEndian(message, json.Length);
        json.CopyTo(message, sizeof(int));
        return message;
    }
}
