using System.Text.Json;

namespace Neptune.Formats;

/// <summary>A loss, optimizer, metric or regularizer: a name, or a class with settings.</summary>
/// <param name="Name">The name, in small letters without underscores, so that all spellings meet.</param>
/// <param name="Written">The name as the file has it.</param>
/// <param name="Config">The settings.</param>
internal sealed record KerasObject(string Name, string Written, KerasConfig Config)
{
    /// <summary>Reads one.</summary>
    /// <exception cref="KerasRefusedException">It is none, or the user's own.</exception>
    public static KerasObject Read(JsonElement json, string what)
    {
        if (json.ValueKind == JsonValueKind.String)
        {
            return Of(json.GetString()!, default, what);
        }
        var type = KerasTopology.TextOf(json, "class_name") ?? KerasTopology.TextOf(json, "name");
        if (type is null)
        {
            throw new KerasRefusedException($"the {what} {KerasConfig.Show(json)} is not known");
        }
        var config = json.TryGetProperty("config", out var found) ? found : json;
        // A function is written as one, with its name as the setting.
        return config.ValueKind == JsonValueKind.String
            ? Of(config.GetString()!, default, what)
            : Of(type, config, what);
    }

    private static KerasObject Of(string name, JsonElement config, string what)
    {
        var own = name[(name.LastIndexOf('>') + 1)..];
        if (name.Contains('>', StringComparison.Ordinal) && !name.StartsWith("Keras>", StringComparison.Ordinal))
        {
            throw new KerasRefusedException($"the {what} {name} is the user's own");
        }
        return new(own.Replace("_", "", StringComparison.Ordinal).ToLowerInvariant(), own, new(config, what));
    }
}
