using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Neptune.Formats;

/// <summary>The settings of Keras 1 by the names that they have since Keras 2 (keras/legacy/interfaces.py of Keras 2).</summary>
internal static class KerasOne
{
    private const int DeepestNesting = 64;

    private static readonly Dictionary<string, string> Names = new(StringComparer.Ordinal)
    {
        ["W_constraint"] = "kernel_constraint",
        ["W_regularizer"] = "kernel_regularizer",
        ["b_constraint"] = "bias_constraint",
        ["b_regularizer"] = "bias_regularizer",
        ["bias"] = "use_bias",
        ["border_mode"] = "padding",
        ["concat_axis"] = "axis",
        ["dim_ordering"] = "data_format",
        ["dropout_U"] = "recurrent_dropout",
        ["dropout_W"] = "dropout",
        ["filter_length"] = "kernel_size",
        ["inner_activation"] = "recurrent_activation",
        ["nb_filter"] = "filters",
        ["p"] = "rate",
        ["pool_length"] = "pool_size",
        ["sigma"] = "stddev",
        ["stride"] = "strides",
        ["subsample"] = "strides",
        ["subsample_length"] = "strides",
    };

    private static readonly string[] WithoutEffect =
    [
        "beta_init",
        "cache_enabled",
        "create_input_layer",
        "forget_bias_init",
        "gamma_init",
        "init",
        "inner_init",
        "weights",
    ];

    private static readonly Dictionary<string, string> Merges = new(StringComparer.Ordinal)
    {
        ["ave"] = "Average",
        ["concat"] = "Concatenate",
        ["max"] = "Maximum",
        ["mul"] = "Multiply",
        ["sum"] = "Add",
    };

    /// <summary>A model's description as Keras 2 would write it.</summary>
    /// <param name="model">The description.</param>
    /// <param name="where">File and place, for errors.</param>
    /// <exception cref="ModelFileException">A setting is there twice.</exception>
    public static JsonElement Renamed(JsonElement model, string where)
    {
        var node = JsonNode.Parse(model.GetRawText(), documentOptions: new() { MaxDepth = KerasJson.DeepestNesting })!;
        try
        {
            Rename(node, DeepestNesting);
            return KerasJson.Parse(Encoding.UTF8.GetBytes(node.ToJsonString()), where);
        }
        catch (ArgumentException e)
        {
            throw new ModelFileException($"{where}: {e.Message} Save the model again.", e);
        }
    }

    private static void Rename(JsonNode node, int depth)
    {
        if (depth == 0)
        {
            return;
        }
        switch (node)
        {
            case JsonArray list:
                foreach (var item in list.OfType<JsonNode>())
                {
                    Rename(item, depth - 1);
                }
                break;
            case JsonObject item:
                if (item["class_name"] is JsonValue type && item["config"] is JsonObject config)
                {
                    item["class_name"] = RenameLayer(type.ToString(), config);
                }
                foreach (var (_, inner) in item.Where(p => p.Value is JsonObject or JsonArray).ToArray())
                {
                    Rename(inner!, depth - 1);
                }
                break;
        }
    }

    private static string RenameLayer(string type, JsonObject config)
    {
        if (config["nb_row"] is { } rows && config["nb_col"] is { } columns)
        {
            config["kernel_size"] = new JsonArray(rows.DeepClone(), columns.DeepClone());
            config.Remove("nb_row");
            config.Remove("nb_col");
        }
        foreach (var (old, name) in Names)
        {
            if (config.ContainsKey(old) && !config.ContainsKey(name))
            {
                var value = config[old];
                config.Remove(old);
                config[name] = value;
            }
        }
        if (type != "Embedding" && config["output_dim"] is { } units)
        {
            config.Remove("output_dim");
            config["units"] = units;
        }
        config["data_format"] = (config["data_format"] as JsonValue)?.ToString() switch
        {
            "tf" => "channels_last",
            "th" => "channels_first",
            var other => other,
        };
        foreach (var name in WithoutEffect)
        {
            config.Remove(name);
        }
        if (type == "Merge" && config["mode"] is JsonValue mode && Merges.TryGetValue(mode.ToString(), out var merge))
        {
            foreach (
                var setting in config
                    .Select(p => p.Key)
                    .Where(k => k is not ("name" or "axis" or "trainable"))
                    .ToArray()
            )
            {
                config.Remove(setting);
            }
            if (merge != "Concatenate")
            {
                config.Remove("axis");
            }
            return merge;
        }
        // Mode 1 normalizes each sample, mode 2 always takes the batch's statistics.
        if (type == "BatchNormalization" && config["mode"] is JsonValue kind && kind.ToString() == "0")
        {
            config.Remove("mode");
        }
        return type;
    }
}
