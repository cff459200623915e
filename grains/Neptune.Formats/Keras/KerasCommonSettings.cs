namespace Neptune.Formats;

/// <summary>Settings that many layers have.</summary>
internal static class KerasCommonSettings
{
    // They say how the layer was made, or how it is computed, and not what.
    private static readonly string[] WithoutEffect =
    [
        "name",
        "trainable",
        "dtype",
        "batch_input_shape",
        "batch_shape",
        "input_shape",
        "input_dtype",
        "input_dim",
        "input_length",
        "build_config",
        "build_input_shape",
        "autocast",
        "experimental_autocast",
        "noise_shape",
        "seed",
        "zero_output_for_mask",
        "implementation",
        "unroll",
        "use_cudnn",
        "supports_masking",
        "activity_regularizer",
        "lora_rank",
        "lora_alpha",
        "lora_enabled",
        "quantization_config",
        "is_quantized",
    ];

    private static readonly string[] Variables =
    [
        "kernel",
        "bias",
        "depthwise",
        "pointwise",
        "recurrent",
        "embeddings",
        "beta",
        "gamma",
        "alpha",
    ];

    /// <summary>Refuses the layer where it has a setting that nobody asked for.</summary>
    /// <exception cref="KerasRefusedException">It has.</exception>
    public static void Check(KerasScope scope)
    {
        var config = scope.Config;
        config.Ignore(WithoutEffect);
        if (config.Find("activity_regularizer") is not null)
        {
            scope.TrainingDiffers("has an activity_regularizer, which is not known");
        }
        foreach (var variable in Variables)
        {
            config.Ignore($"{variable}_initializer", $"{variable}_regularizer");
            if (config.Find($"{variable}_constraint") is not null)
            {
                scope.TrainingDiffers($"has a {variable}_constraint, which is not known");
            }
        }
        config.Ignore("moving_mean_initializer", "moving_variance_initializer");
        if (config.Find("quantization_config") is not null || config.Find("quantization_mode") is not null)
        {
            throw scope.Refused("it is quantized. Save the model before quantizing it");
        }
        if (config.Unread.Order(StringComparer.Ordinal).ToArray() is { Length: > 0 } unread)
        {
            throw scope.Refused(
                $"its setting{(unread.Length == 1 ? "" : "s")} {string.Join(", ", unread.Take(10))} "
                    + $"{(unread.Length == 1 ? "is" : "are")} not known"
            );
        }
    }
}
