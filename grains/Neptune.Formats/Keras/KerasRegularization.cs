using System.Collections.Immutable;
using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>Layers that act in training only.</summary>
internal static class KerasRegularization
{
    /// <summary>The family.</summary>
    public static ImmutableArray<KerasLayerDefinition> All { get; } =
    [
        KerasLayerDefinition.Of("Dropout", Dropout) with
        {
            Trained = "yes, but not with noise_shape",
        },
        .. new[] { "1D", "2D", "3D" }.Select(r =>
            KerasLayerDefinition.Of($"SpatialDropout{r}", Spatial) with
            {
                Trained = "yes",
            }
        ),
        .. new[] { ("GaussianNoise", "stddev"), ("GaussianDropout", "rate"), ("AlphaDropout", "rate") }.Select(l =>
            Nothing(l.Item1, "adds noise in training, which is not known", l.Item2, "stddev")
        ),
        Nothing("ActivityRegularization", "adds to the loss in training, which is not known", "l1", "l2"),
        Nothing("RandomFlip", Augments, "mode", "data_format"),
        Nothing("RandomRotation", Augments, Augmentation),
        Nothing("RandomTranslation", Augments, Augmentation),
        Nothing("RandomZoom", Augments, Augmentation),
        Nothing("RandomContrast", Augments, Augmentation),
        Nothing("RandomBrightness", Augments, Augmentation),
        Nothing("RandomShear", Augments, Augmentation),
    ];

    private const string Augments = "changes images at random in training, which is not known";

    private static string[] Augmentation =>
        [
            "factor",
            "height_factor",
            "width_factor",
            "fill_mode",
            "fill_value",
            "interpolation",
            "data_format",
            "value_range",
            "x_factor",
            "y_factor",
        ];

    private static KerasLayerDefinition Nothing(string name, string why, params string[] settings) =>
        KerasLayerDefinition.Of(
            name,
            scope =>
            {
                scope.Config.Ignore(settings);
                if (!scope.Translation.IsInference)
                {
                    scope.TrainingDiffers(why);
                }
                return scope.Input;
            }
        ) with
        {
            Trained = "no",
            Remarks = "no effect outside of training",
        };

    private static KerasValue Dropout(KerasScope scope)
    {
        var rate = Rate(scope);
        if (scope.Config.Find("noise_shape") is not null)
        {
            scope.TrainingDiffers("has a noise_shape, which is not known");
        }
        return rate == 0 ? scope.Input : scope.Unary(scope.FloatInput, "Dropout", null, ("ratio", rate));
    }

    // Whole channels are dropped: a factor for each sample and channel, of ones, 0 or 1 / (1 - rate) after a Dropout.
    private static KerasValue Spatial(KerasScope scope)
    {
        var rate = Rate(scope);
        var input = scope.FloatInput;
        if (rate == 0)
        {
            return input;
        }
        var isLast = scope.IsChannelsLast();
        var lengths = Enumerable.Range(isLast ? 1 : 2, input.Shape.Rank - 2).Select(i => (long)input.AxisMade(i));
        var lengthsAt = lengths.Order().ToArray();
        var most = scope.Then("most", "ReduceMax", [input.Made], ("axes", lengthsAt), ("keepdims", 1L));
        var shape = scope.Then("shape", "Shape", [most]);
        var one = scope.Constant("one", Shape.Scalar, 1);
        var ones = scope.Then("ones", "Expand", [one, shape]);
        var factors = scope.Then("factors", "Dropout", [ones], ("ratio", rate));
        return scope.Like(input, scope.Append("Mul", [input.Made, factors]));
    }

    private static float Rate(KerasScope scope)
    {
        var rate = scope.Config.Float("rate", 0);
        // Called with training=False, nothing is dropped.
        return rate is >= 0 and < 1
            ? scope.Translation.IsInference
                ? 0
                : rate
            : throw scope.Config.Error($"rate is {rate}, and must lie in 0..1");
    }
}
