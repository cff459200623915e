using System.Collections.Immutable;
using Neptune.ModelGraph;

namespace Neptune.Formats;

// C channels, F filters, G groups, M depth_multiplier; K... the kernel's lengths

/// <summary>Convolutions over one to three lengths; kernels are (K..., C, F) in Keras.</summary>
internal static class KerasConvolutions
{
    private static readonly ImmutableArray<(string, int)> Ranks = [("1D", 1), ("2D", 2), ("3D", 3)];

    /// <summary>The family.</summary>
    public static ImmutableArray<KerasLayerDefinition> All { get; } =
    [
        .. Ranks.Select(r =>
            KerasLayerDefinition.Of($"Conv{r.Item1}", s => Convolution(s, r.Item2)) with
            {
                Variables = KerasCore.KernelAndBias,
            }
        ),
        .. Ranks.Select(r =>
            KerasLayerDefinition.Of($"Conv{r.Item1}Transpose", s => KerasTransposedConvolution.Apply(s, r.Item2)) with
            {
                Variables = KerasCore.KernelAndBias,
            }
        ),
        .. Ranks
            .Take(2)
            .Select(r =>
                KerasLayerDefinition.Of($"DepthwiseConv{r.Item1}", s => Depthwise(s, r.Item2)) with
                {
                    Variables = c => WithBias(c, new KerasVariable("depthwise_kernel")),
                }
            ),
        .. Ranks
            .Take(2)
            .Select(r =>
                KerasLayerDefinition.Of($"SeparableConv{r.Item1}", s => Separable(s, r.Item2)) with
                {
                    Variables = c =>
                        WithBias(c, new KerasVariable("depthwise_kernel"), new KerasVariable("pointwise_kernel")),
                }
            ),
    ];

    private static ImmutableArray<KerasVariable> WithBias(KerasConfig config, params KerasVariable[] kernels) =>
        config.Bool("use_bias", true) ? [.. kernels, new("bias")] : [.. kernels];

    private static KerasValue Convolution(KerasScope scope, int lengths)
    {
        var window = KerasWindow.Read(scope, lengths, "kernel_size");
        var input = scope.InputOfRank(lengths + 2);
        var (filters, groups) = (scope.Config.Count("filters"), scope.Config.Int("groups", 1));
        var channels = Channels(scope, input, window);
        if (groups < 1 || channels % groups != 0 || filters % groups != 0)
        {
            throw scope.Config.Error($"groups is {groups}, and must divide {channels} channels and {filters} filters");
        }
        var area = window.Area;
        var weight = scope.Parameter(
            "kernel",
            "weight",
            Shape.Of([.. window.Kernel, channels / groups, filters]),
            Reversed(lengths),
            new Initializer.GlorotUniform(area * (channels / groups), area * filters)
        );
        List<string> inputs = [scope.ChannelsSecond(input, window.IsChannelsLast), weight];
        AddBias(scope, inputs, filters);
        var result = window.Convolve(scope, scope.Name, inputs, groups);
        return scope.Activate(scope.FromChannelsSecond(result, window.IsChannelsLast));
    }

    private static KerasValue Depthwise(KerasScope scope, int lengths)
    {
        var window = KerasWindow.Read(scope, lengths, "kernel_size");
        var input = scope.InputOfRank(lengths + 2);
        RequireNoGroups(scope);
        var channels = Channels(scope, input, window);
        var multiplier = Multiplier(scope);
        List<string> inputs =
        [
            scope.ChannelsSecond(input, window.IsChannelsLast),
            DepthwiseKernel(scope, window, channels, multiplier, "weight"),
        ];
        AddBias(scope, inputs, checked(channels * multiplier));
        var result = window.Convolve(scope, scope.Name, inputs, channels);
        return scope.Activate(scope.FromChannelsSecond(result, window.IsChannelsLast));
    }

    private static KerasValue Separable(KerasScope scope, int lengths)
    {
        var window = KerasWindow.Read(scope, lengths, "kernel_size");
        var input = scope.InputOfRank(lengths + 2);
        RequireNoGroups(scope);
        var channels = Channels(scope, input, window);
        var multiplier = Multiplier(scope);
        var filters = scope.Config.Count("filters");
        var depthwise = window.Convolve(
            scope,
            $"{scope.Name}.depthwise",
            [
                scope.ChannelsSecond(input, window.IsChannelsLast),
                DepthwiseKernel(scope, window, channels, multiplier, "depthwise_weight"),
            ],
            channels
        );
        var middle = checked(channels * multiplier);
        var ones = Enumerable.Repeat(1L, lengths).ToArray();
        List<string> inputs =
        [
            depthwise,
            scope.Parameter(
                "pointwise_kernel",
                "pointwise_weight",
                Shape.Of([.. ones, middle, filters]),
                Reversed(lengths),
                new Initializer.GlorotUniform(middle, filters)
            ),
        ];
        AddBias(scope, inputs, filters);
        var result = scope.Append("Conv", inputs, ("kernel_shape", ones));
        return scope.Activate(scope.FromChannelsSecond(result, window.IsChannelsLast));
    }

    // (K..., C, M) to (C M, 1, K...).
    private static string DepthwiseKernel(
        KerasScope scope,
        KerasWindow window,
        long channels,
        long multiplier,
        string suffix
    )
    {
        var lengths = window.Kernel.Length;
        var order = new[] { lengths, lengths + 1 }.Concat(Enumerable.Range(0, lengths)).ToArray();
        return scope.Parameter(
            "depthwise_kernel",
            suffix,
            Shape.Of([.. window.Kernel, channels, multiplier]),
            w => TensorLayout.Reshaped(TensorLayout.Permuted(w, order), [channels * multiplier, 1, .. window.Kernel]),
            new Initializer.GlorotUniform(window.Area * channels, window.Area * multiplier)
        );
    }

    /// <summary>(K..., C, F) to (F, C, K...).</summary>
    public static Func<TensorValue, TensorValue> Reversed(int lengths)
    {
        var order = new[] { lengths + 1, lengths }.Concat(Enumerable.Range(0, lengths)).ToArray();
        return weight => TensorLayout.Permuted(weight, order);
    }

    /// <summary>The input's channels.</summary>
    public static long Channels(KerasScope scope, KerasValue input, KerasWindow window) =>
        scope.Length(input, window.IsChannelsLast ? -1 : 1);

    /// <summary>Adds the bias, where the layer has one.</summary>
    public static void AddBias(KerasScope scope, List<string> inputs, long filters)
    {
        if (scope.Config.Bool("use_bias", true))
        {
            inputs.Add(scope.Parameter("bias", "bias", Shape.Of(filters), null, Initializer.Zeros));
        }
    }

    // TensorFlow.js leaves it out: then the kernel says it.
    private static long Multiplier(KerasScope scope) =>
        scope.Config.Find("depth_multiplier") is not null ? scope.Config.Count("depth_multiplier")
        : scope.Translation.ShapeOf(scope, "depthwise_kernel") is { Rank: > 0 } kernel ? kernel[-1].Length
        : 1;

    private static void RequireNoGroups(KerasScope scope)
    {
        if (scope.Config.Int("groups", 1) != 1)
        {
            throw scope.Refused("groups beside those of the channels are not known");
        }
        if (scope.Layer.Class.StartsWith("Depthwise", StringComparison.Ordinal))
        {
            scope.Config.Ignore("filters");
        }
    }
}
