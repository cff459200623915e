using System.Runtime.InteropServices;
using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>Normalizations, and the scales and biases that stand behind them.</summary>
internal static class CaffeNormalizations
{
    /// <summary>The layers.</summary>
    public static CaffeLayerDefinition[] All =>
        [
            new("BatchNorm", "", "use_global_stats, moving_average_fraction, eps; the third blob divides the other two")
            {
                Import = BatchNorm,
                Message = "batch_norm_param",
            },
            new("Bias", "bias", "axis, num_axes, filler; the bias may be a second blob")
            {
                Import = s => Bias(s),
                Message = "bias_param",
                Bottoms = (1, 2),
            },
            new("LRN", "", "local_size, alpha, beta, k, norm_region") { Import = Lrn, Message = "lrn_param" },
            new("MVN", "", "normalize_variance, across_channels, eps") { Import = Mvn, Message = "mvn_param" },
            new("Scale", "weight, bias", "axis, num_axes, bias_term, fillers; the scale may be a second blob")
            {
                Import = Scale,
                Message = "scale_param",
                Bottoms = (1, 2),
            },
        ];

    private static void BatchNorm(CaffeScope scope)
    {
        var settings = scope.Settings;
        var x = scope.ShapeOf();
        if (x.Rank < 2)
        {
            throw new CaffeRefusedException(
                $"its input has shape {x}; only inputs with channels behind the batch are known"
            );
        }
        var channels = Shape.Of(scope.Length(x, 1));
        var (mean, variance) = Statistics(scope, channels);
        (string, AttributeValue)[] attributes =
        [
            ("epsilon", settings.Real("eps")),
            ("momentum", settings.Real("moving_average_fraction")),
        ];
        bool? isGlobal = settings.Has("use_global_stats") ? settings.Flag("use_global_stats") : null;
        if (isGlobal == true && scope.IsTraining)
        {
            // Statistics that are no parameters are left as they are.
            mean = scope.Append("mean", "Identity", [mean]);
            variance = scope.Append("variance", "Identity", [variance]);
        }
        else if (isGlobal == false && scope.Namesakes.All(IsOfBatch))
        {
            attributes = [.. attributes, ("training_mode", 1L)];
        }
        var normalization = new CaffeNormalization(scope.Input(), mean, variance, attributes);
        if (!scope.TryDefer(layer => IsPerChannel(layer, x.Rank), normalization))
        {
            Finish(scope, normalization, scope.Vector(channels[0].Length, 1), scope.Vector(channels[0].Length, 0));
        }
    }

    // Also outside of training: no layer of that name, of any phase, says otherwise.
    private static bool IsOfBatch(CaffeLayer layer) =>
        layer.Type == "BatchNorm"
        && layer.Message.Message("batch_norm_param") is var settings
        && settings.Has("use_global_stats")
        && !settings.Flag("use_global_stats");

    // Both are sums, of which the third blob is the weight; nothing was counted yet where that is 0.
    private static (string Mean, string Variance) Statistics(CaffeScope scope, Shape channels)
    {
        var (mean, variance) = (scope.Statistic(channels), scope.Statistic(channels));
        var weight = scope.Statistic(Shape.Of(1))?.Floats[0];
        if (mean is null && scope.IsTraining)
        {
            scope.Note(
                "Running means begin at 0 and variances at 1, and move by moving_average_fraction from the first step; "
                    + "Caffe weights its first steps more."
            );
        }
        return (
            scope.AddStatistic("running_mean", channels, Divided(mean, weight), 0),
            scope.AddStatistic("running_var", channels, Divided(variance, weight), 1)
        );
    }

    private static TensorValue? Divided(TensorValue? sums, float? weight)
    {
        if (sums is null || weight is null)
        {
            return sums;
        }
        var factor = weight == 0 ? 0 : 1 / weight.Value;
        var values = new byte[sums.Bytes.Length];
        var floats = MemoryMarshal.Cast<byte, float>(values.AsSpan());
        for (var i = 0; i < floats.Length; i++)
        {
            floats[i] = sums.Floats[i] * factor;
        }
        return sums with { Bytes = values };
    }

    private static bool IsPerChannel(CaffeLayer layer, int rank)
    {
        if (layer.Type != "Scale")
        {
            return false;
        }
        var settings = layer.Message.Message("scale_param");
        return settings.Whole("num_axes") == 1 && settings.Whole("axis") is var axis && (axis == 1 || axis == 1 - rank);
    }

    private static void Finish(CaffeScope scope, CaffeNormalization normalization, string scale, string bias) =>
        scope.Finish(
            "BatchNormalization",
            [normalization.X, scale, bias, normalization.Mean, normalization.Variance],
            normalization.Attributes
        );

    private static void Scale(CaffeScope scope)
    {
        var settings = scope.Settings;
        var shape = scope.ShapeOf();
        var axis = scope.Axis("axis", shape.Rank);
        var hasBias = settings.Flag("bias_term");
        if (scope.Deferred() is { } normalization)
        {
            var channels = Shape.Of(scope.Length(shape, 1));
            settings.Ignore("num_axes", "filler", "bias_filler");
            var scale = scope.Parameter("weight", channels, "filler", Initializer.Ones);
            Finish(
                scope,
                normalization,
                scale,
                hasBias ? scope.Parameter("bias", channels, "bias_filler") : scope.Vector(channels[0].Length, 0)
            );
            return;
        }
        var (factor, ofScale) = Operand(scope, shape, axis, "weight", "filler", Initializer.Ones);
        if (!hasBias)
        {
            settings.Ignore("bias_filler");
            scope.Finish("Mul", [scope.Input(), factor]);
            return;
        }
        var bias = scope.Parameter("bias", ofScale, "bias_filler");
        scope.Finish("Add", [scope.Append("product", "Mul", [scope.Input(), factor]), bias]);
    }

    private static void Bias(CaffeScope scope)
    {
        var shape = scope.ShapeOf();
        var (bias, _) = Operand(scope, shape, scope.Axis("axis", shape.Rank), "bias", "filler", null);
        scope.Finish("Add", [scope.Input(), bias]);
    }

    /// <summary>What is multiplied or added: a second blob, or a parameter of that part of the input's shape.</summary>
    /// <returns>The value, and its shape with ones behind it, so that it stands at its axes.</returns>
    private static (string Value, Shape Shape) Operand(
        CaffeScope scope,
        Shape x,
        int axis,
        string suffix,
        string filler,
        Initializer? otherwise
    )
    {
        if (scope.Bottoms == 2)
        {
            scope.Settings.Ignore("num_axes", filler);
            return Second(scope, x, axis);
        }
        var count = scope.Settings.Whole("num_axes");
        if (count < -1 || axis + count > x.Rank)
        {
            throw scope.Error(
                $"num_axes is {count} from axis {axis}, and its input has shape {x}. Give 0 to {x.Rank - axis}, or -1 for all."
            );
        }
        var covered = count == -1 ? x.Rank - axis : (int)count;
        var shape = covered == 0 ? Shape.Scalar : Padded(x.Dimensions.Skip(axis).Take(covered), x.Rank - axis);
        return (scope.Parameter(suffix, shape, filler, otherwise), shape);
    }

    private static (string, Shape) Second(CaffeScope scope, Shape x, int axis)
    {
        var shape = scope.ShapeOf(1);
        if (shape.Rank == 0)
        {
            return (scope.Input(1), shape);
        }
        var fits = axis + shape.Rank <= x.Rank && shape.MayEqual(new([.. x.Dimensions.Skip(axis).Take(shape.Rank)]));
        if (!fits)
        {
            throw scope.Error(
                $"its second blob has shape {shape}, which does not lie at axis {axis} of the first {x}."
            );
        }
        var behind = x.Rank - axis - shape.Rank;
        if (behind == 0)
        {
            return (scope.Input(1), shape);
        }
        long[] axes = [.. Enumerable.Range(shape.Rank, behind).Select(i => (long)i)];
        return (
            scope.Append("operand", "Unsqueeze", [scope.Input(1)], ("axes", axes)),
            Padded(shape.Dimensions, x.Rank - axis)
        );
    }

    private static Shape Padded(IEnumerable<Dimension> lengths, int rank)
    {
        var given = lengths.ToArray();
        return new([.. given, .. Enumerable.Repeat(Dimension.Fixed(1), rank - given.Length)]);
    }

    private static void Lrn(CaffeScope scope)
    {
        var settings = scope.Settings;
        _ = scope.Image();
        var (size, alpha, beta) = (settings.Whole("local_size"), settings.Real("alpha"), settings.Real("beta"));
        if (size % 2 != 1)
        {
            throw scope.Error($"local_size is {size}, and must be odd.");
        }
        if (settings.Text("norm_region") == "ACROSS_CHANNELS")
        {
            scope.Finish(
                "LRN",
                [scope.Input()],
                ("size", size),
                ("alpha", alpha),
                ("beta", beta),
                ("bias", settings.Real("k"))
            );
            return;
        }
        // x (1 + alpha mean(x^2))^-beta, the mean over a square in which padding counts; k has no part in it.
        settings.Ignore("k");
        var pad = (size - 1) / 2;
        var squares = scope.Append("squares", "Mul", [scope.Input(), scope.Input()]);
        var means = scope.Append(
            "means",
            "AveragePool",
            [squares],
            ("kernel_shape", (long[])[size, size]),
            ("pads", (long[])[pad, pad, pad, pad]),
            ("ceil_mode", 1L),
            ("count_include_pad", 1L)
        );
        var scaled = scope.Append("scaled", "Mul", [means, scope.Number("alpha", alpha)]);
        var shifted = scope.Append("shifted", "Add", [scaled, scope.Number("one", 1)]);
        var power = scope.Append("power", "Pow", [shifted, scope.Number("beta", -beta)]);
        scope.Finish("Mul", [scope.Input(), power]);
    }

    private static void Mvn(CaffeScope scope)
    {
        const float OfOperator = 1e-9f;
        var settings = scope.Settings;
        _ = scope.Image();
        long[] axes = settings.Flag("across_channels") ? [1, 2, 3] : [2, 3];
        var (hasVariance, epsilon) = (settings.Flag("normalize_variance"), settings.Real("eps"));
        if (hasVariance && epsilon == OfOperator)
        {
            scope.Finish("MeanVarianceNormalization", [scope.Input()], ("axes", axes));
            return;
        }
        var mean = scope.Append("mean", "ReduceMean", [scope.Input()], ("axes", axes));
        if (!hasVariance)
        {
            scope.Finish("Sub", [scope.Input(), mean]);
            return;
        }
        var centered = scope.Append("centered", "Sub", [scope.Input(), mean]);
        var squares = scope.Append("squares", "Mul", [centered, centered]);
        var deviation = scope.Append(
            "deviation",
            "Sqrt",
            [scope.Append("variance", "ReduceMean", [squares], ("axes", axes))]
        );
        scope.Finish("Div", [centered, scope.Append("divisor", "Add", [deviation, scope.Number("eps", epsilon)])]);
    }
}
