using System.Text.Json;
using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>Losses by their names, aliases and classes.</summary>
internal static class KerasLosses
{
    /// <summary>The loss.</summary>
    /// <exception cref="KerasRefusedException">It, or a setting of it, is not known.</exception>
    public static Loss Of(JsonElement json)
    {
        var given = KerasObject.Read(json, "loss");
        var config = given.Config;
        if (config.Float("label_smoothing", 0) != 0)
        {
            throw new KerasRefusedException("label_smoothing of the loss is not known");
        }
        if (
            config.Text("reduction", "auto")
            is not ("auto" or "sum_over_batch_size" or "mean" or "mean_with_sample_weight")
                and var reduction
        )
        {
            throw new KerasRefusedException($"the loss's reduction {reduction} is not known");
        }
        config.Ignore("name", "dtype", "fn", "axis");
        var fromLogits = config.Bool("from_logits", false);
        Loss loss = given.Name switch
        {
            "sparsecategoricalcrossentropy" => new Loss.SparseCategoricalCrossentropy(
                fromLogits,
                config.Find("ignore_class") is null ? null : config.Int("ignore_class", 0)
            ),
            "categoricalcrossentropy" => new Loss.CategoricalCrossentropy(fromLogits),
            "binarycrossentropy" => new Loss.BinaryCrossentropy(fromLogits),
            "mse" or "meansquarederror" => new Loss.MeanSquaredError(),
            "mae" or "meanabsoluteerror" => new Loss.MeanAbsoluteError(),
            "huber" or "huberloss" => new Loss.Huber(config.Float("delta", 1)),
            _ => throw new KerasRefusedException($"the loss {given.Written} is not known"),
        };
        return config.Unread.FirstOrDefault() is { } unread
            ? throw new KerasRefusedException($"the loss's setting {unread} is not known")
            : loss;
    }
}
