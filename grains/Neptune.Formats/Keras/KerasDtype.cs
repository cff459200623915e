using System.Text.Json;

namespace Neptune.Formats;

/// <summary>The setting <c>dtype</c>: a name, or a policy that has one.</summary>
internal static class KerasDtype
{
    /// <summary>The type's or policy's name, such as <c>float32</c> or <c>mixed_float16</c>.</summary>
    public static string NameOf(JsonElement dtype) =>
        dtype.ValueKind == JsonValueKind.String ? dtype.GetString()!
        : dtype.ValueKind == JsonValueKind.Object && dtype.TryGetProperty("config", out var config)
            ? KerasTopology.TextOf(config, "name") ?? "float32"
        : "float32";
}
