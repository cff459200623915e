using System.Collections.Immutable;
using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>Normalizations.</summary>
internal static class KerasNormalizations
{
    private const float KerasEpsilon = 1e-3f;
    private const float LeastSquares = 1e-12f;

    /// <summary>The family.</summary>
    public static ImmutableArray<KerasLayerDefinition> All { get; } =
    [
        KerasLayerDefinition.Of("BatchNormalization", Batch) with
        {
            Variables = config =>
                [
                    .. ScaleAndCenter(config),
                    new("moving_mean", IsTrained: false),
                    new("moving_variance", IsTrained: false),
                ],
            Remarks = "renorm, virtual_batch_size, and axes other than the channels' are refused",
        },
        KerasLayerDefinition.Of("LayerNormalization", Layer) with
        {
            Variables = ScaleAndCenter,
            Remarks = "axes must be the last ones",
        },
        KerasLayerDefinition.Of("GroupNormalization", Group) with
        {
            Variables = ScaleAndCenter,
            Remarks = "the axis must be the channels'",
        },
        KerasLayerDefinition.Of("RMSNormalization", RootMeanSquare) with
        {
            Variables = _ => [new("scale")],
            Remarks = "the axis must be the last",
        },
        KerasLayerDefinition.Of("UnitNormalization", Unit) with
        {
            Trained = "nothing to train",
        },
    ];

    private static ImmutableArray<KerasVariable> ScaleAndCenter(KerasConfig config)
    {
        var variables = ImmutableArray.CreateBuilder<KerasVariable>();
        if (config.Bool("scale", true))
        {
            variables.Add(new("gamma"));
        }
        if (config.Bool("center", true))
        {
            variables.Add(new("beta"));
        }
        return variables.ToImmutable();
    }

    private static KerasValue Batch(KerasScope scope)
    {
        var input = scope.FloatInput;
        scope.RequireNoMask();
        var config = scope.Config;
        if (config.Bool("renorm", false) || config.Find("virtual_batch_size") is not null)
        {
            throw scope.Refused("renorm and virtual_batch_size are not known");
        }
        config.Ignore("fused", "renorm_clipping", "renorm_momentum", "adjustment");
        if (config.Bool("synchronized", false))
        {
            scope.TrainingDiffers("takes the statistics of all replicas together, and here they are a shard's");
        }
        var axis = ChannelAxis(scope, input);
        var isLast = axis == input.Shape.Rank - 1;
        var channels = Shape.Of(scope.Length(input, axis));
        var (gamma, beta) = (Gamma(scope, channels), Beta(scope, channels));
        var (mean, variance) = (
            scope.Parameter("moving_mean", "running_mean", channels, null, Initializer.Zeros, trained: false),
            scope.Parameter("moving_variance", "running_var", channels, null, Initializer.Ones, trained: false)
        );
        // What is not trained keeps its statistics, in training too: they must not look like running ones.
        if (!scope.IsTrainable || scope.Translation.IsInference)
        {
            mean = scope.Then("mean", "Identity", [mean]);
            variance = scope.Then("variance", "Identity", [variance]);
        }
        var moves = isLast && input.Shape.Rank > 2;
        var result = scope.Append(
            "BatchNormalization",
            [moves ? scope.Graph.Moved(input) : scope.Graph.Plain(input), gamma, beta, mean, variance],
            ("epsilon", config.Float("epsilon", KerasEpsilon)),
            ("momentum", config.Float("momentum", 0.99f))
        );
        return moves ? scope.Graph.FromMoved(result) : scope.Graph.FromPlain(result);
    }

    private static KerasValue Layer(KerasScope scope)
    {
        var input = scope.FloatInput;
        if (scope.Config.Bool("rms_scaling", false))
        {
            throw scope.Refused("rms_scaling is not known");
        }
        var rank = input.Shape.Rank;
        var axes = (scope.Config.IntList("axis") ?? [-1]).Select(a => scope.Axis(a, rank)).Order().ToArray();
        if (axes.Length == 0 || !axes.SequenceEqual(Enumerable.Range(rank - axes.Length, axes.Length)))
        {
            throw scope.Refused($"axes ({string.Join(", ", axes)}) that are not the last ones are not known");
        }
        var shape = Shape.Of([.. axes.Select(a => scope.Length(input, a))]);
        var result = scope.Append(
            "LayerNormalization",
            [scope.Graph.Plain(input), Gamma(scope, shape), Beta(scope, shape)],
            ("axis", (long)axes[0]),
            ("epsilon", scope.Config.Float("epsilon", KerasEpsilon))
        );
        return scope.Graph.FromPlain(result).WithMask(input.Mask);
    }

    private static KerasValue Group(KerasScope scope)
    {
        var input = scope.FloatInput;
        var axis = ChannelAxis(scope, input);
        var isLast = axis == input.Shape.Rank - 1;
        var channels = scope.Length(input, axis);
        var groups = scope.Config.Int("groups", 32);
        groups = groups == -1 ? channels : groups;
        if (groups < 1 || channels % groups != 0)
        {
            throw scope.Config.Error($"groups is {groups}, and must divide {channels} channels");
        }
        var moves = isLast && input.Shape.Rank > 2;
        var result = scope.Append(
            "GroupNormalization",
            [
                moves ? scope.Graph.Moved(input) : scope.Graph.Plain(input),
                Gamma(scope, Shape.Of(channels)),
                Beta(scope, Shape.Of(channels)),
            ],
            ("epsilon", scope.Config.Float("epsilon", KerasEpsilon)),
            ("num_groups", groups)
        );
        return (moves ? scope.Graph.FromMoved(result) : scope.Graph.FromPlain(result)).WithMask(input.Mask);
    }

    private static KerasValue RootMeanSquare(KerasScope scope)
    {
        var input = scope.FloatInput;
        var axis = scope.Axis((scope.Config.IntList("axis") ?? [-1])[0], input.Shape.Rank);
        if (axis != input.Shape.Rank - 1)
        {
            throw scope.Refused("axes other than the last are not known");
        }
        var shape = Shape.Of(scope.Length(input, axis));
        var result = scope.Append(
            "RMSNormalization",
            [scope.Graph.Plain(input), scope.Parameter("scale", "gamma", shape, null, Initializer.Ones)],
            ("axis", -1L),
            ("epsilon", scope.Config.Float("epsilon", 1e-6f))
        );
        return scope.Graph.FromPlain(result).WithMask(input.Mask is null ? null : KerasMask.Unknown);
    }

    // x / sqrt(max(sum of squares, epsilon))
    private static KerasValue Unit(KerasScope scope)
    {
        var input = scope.FloatInput;
        var axes = (scope.Config.IntList("axis") ?? [-1]).Select(a => (long)scope.Axis(a, input.Shape.Rank)).ToArray();
        var plain = scope.Graph.Plain(input);
        var squares = scope.Then("squares", "Mul", [plain, plain]);
        var sum = scope.Then("sum", "ReduceSum", [squares], ("axes", axes), ("keepdims", 1L));
        var least = scope.Constant("least", Shape.Scalar, LeastSquares);
        var length = scope.Then("length", "Sqrt", [scope.Then("bounded", "Max", [sum, least])]);
        return scope.Graph.FromPlain(scope.Append("Div", [plain, length])).WithMask(input.Mask);
    }

    private static int ChannelAxis(KerasScope scope, KerasValue input)
    {
        var rank = input.Shape.Rank;
        if (rank < 2 || (scope.Config.IntList("axis") ?? [-1]) is not [var given])
        {
            throw scope.Refused($"several axes, or an input of shape {input.Shape}, are not known");
        }
        var axis = scope.Axis(given, rank);
        return axis == 1 || axis == rank - 1
            ? axis
            : throw scope.Refused($"axis {axis} of an input {input.Shape} is not that of the channels");
    }

    private static string Gamma(KerasScope scope, Shape shape) =>
        scope.Config.Bool("scale", true)
            ? scope.Parameter("gamma", "gamma", shape, null, Initializer.Ones)
            : Same(scope, "ones", shape, 1);

    private static string Beta(KerasScope scope, Shape shape) =>
        scope.Config.Bool("center", true)
            ? scope.Parameter("beta", "beta", shape, null, Initializer.Zeros)
            : Same(scope, "zeros", shape, 0);

    private static string Same(KerasScope scope, string suffix, Shape shape, float value)
    {
        var numbers = new float[shape.ElementCount()];
        Array.Fill(numbers, value);
        return scope.Constant(suffix, shape, numbers);
    }
}
