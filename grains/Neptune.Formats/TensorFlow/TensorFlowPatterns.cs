using System.Collections.Immutable;

namespace Neptune.Formats;

/// <summary>
/// Finds groups of nodes that are one layer, and puts one step in their place: biases, batch normalizations that are spelt
/// out, dilated convolutions between SpaceToBatchND and BatchToSpaceND.
/// </summary>
internal static class TensorFlowPatterns
{
    /// <summary>A batch normalization over the last axis; it reads x, gamma, beta, mean, variance and epsilon.</summary>
    public const string BatchNormalization = "neptune.batch_normalization";

    /// <summary>The same without gamma: x, beta, mean, variance and epsilon.</summary>
    public const string BatchNormalizationWithoutScale = "neptune.batch_normalization_without_scale";

    private static readonly string[] Layers =
    [
        "Conv2D",
        "DepthwiseConv2dNative",
        "Conv3D",
        "MatMul",
        "Conv2DBackpropInput",
    ];
    private static readonly string[] Sums = ["Add", "AddV2", "BiasAdd", "BiasAddV1"];
    private static readonly string[] Reads = ["Identity", "ReadVariableOp", "StopGradient", "Cast"];
    private static readonly string[] Weights = ["Const", "Variable", "VariableV2", "VarHandleOp"];

    /// <summary>How many inputs a layer has without its bias.</summary>
    public static int InputsWithoutBias(string op) => op == "Conv2DBackpropInput" ? 3 : 2;

    /// <summary>Changes the steps that outputs need.</summary>
    public static void Apply(List<TensorFlowSource> outputs, string file)
    {
        Replace(outputs, file, (step, _) => Normalization(step));
        Replace(outputs, file, Dilated);
        Replace(outputs, file, Biased);
    }

    private static void Replace(
        List<TensorFlowSource> outputs,
        string file,
        Func<TensorFlowStep, ImmutableDictionary<TensorFlowStep, int>, TensorFlowStep?> find
    )
    {
        var steps = TensorFlowOrder.Of(outputs, file);
        var readers = steps
            .SelectMany(s => s.Inputs.Select(i => i.Step))
            .Concat(outputs.Select(o => o.Step))
            .GroupBy(s => s)
            .ToImmutableDictionary(g => g.Key, g => g.Count());
        var replaced = new Dictionary<TensorFlowStep, TensorFlowStep>();
        foreach (var step in steps)
        {
            for (var i = 0; i < step.Inputs.Count; i++)
            {
                step.Inputs[i] = Of(step.Inputs[i]);
            }
            if (find(step, readers) is { } other)
            {
                replaced.Add(step, other);
            }
        }
        for (var i = 0; i < outputs.Count; i++)
        {
            outputs[i] = Of(outputs[i]);
        }

        TensorFlowSource Of(TensorFlowSource source) =>
            replaced.TryGetValue(source.Step, out var other) ? source with { Step = other } : source;
    }

    // layer + bias, where nobody else reads the layer.
    private static TensorFlowStep? Biased(TensorFlowStep step, ImmutableDictionary<TensorFlowStep, int> readers)
    {
        if (!Sums.Contains(step.Op) || step.Inputs.Count != 2)
        {
            return null;
        }
        var (layer, bias) = (step.Inputs[0].Step, step.Inputs[1]);
        if (!IsLayer(layer) && !step.Op.StartsWith("BiasAdd", StringComparison.Ordinal))
        {
            (layer, bias) = (step.Inputs[1].Step, step.Inputs[0]);
        }
        if (
            !IsLayer(layer)
            || !IsWeight(bias.Step)
            || readers.GetValueOrDefault(layer) != 1
            || !IsAlongChannels(step, layer)
        )
        {
            return null;
        }
        var result = new TensorFlowStep(layer.Name, layer.Op, layer.Attributes);
        result.Inputs.AddRange(layer.Inputs);
        result.Inputs.Add(bias);
        return result;
    }

    // A plain sum with channels first adds along the width.
    private static bool IsAlongChannels(TensorFlowStep sum, TensorFlowStep layer) =>
        sum.Op.StartsWith("BiasAdd", StringComparison.Ordinal)
            ? Format(sum) == Format(layer) || layer.Op == "MatMul"
            : !Format(layer).StartsWith("NC", StringComparison.Ordinal);

    private static string Format(TensorFlowStep step) =>
        step.Attributes.GetValueOrDefault("data_format")?.Text ?? "NHWC";

    private static bool IsLayer(TensorFlowStep step) =>
        Layers.Contains(step.Op) && step.Inputs.Count == InputsWithoutBias(step.Op);

    private static bool IsWeight(TensorFlowStep step)
    {
        while (
            (Reads.Contains(step.Op) && step.Inputs.Count == 1)
            || (step is { Op: "Reshape" or "ExpandDims", Inputs: [_, { Step.Op: "Const" }] })
        )
        {
            step = step.Inputs[0].Step;
        }
        return Weights.Contains(step.Op);
    }

    // x * m + (beta - mean * m), where m is gamma / sqrt(variance + epsilon), as Keras spells it out.
    private static TensorFlowStep? Normalization(TensorFlowStep step)
    {
        if (
            step.Op is not ("Add" or "AddV2")
            || Pair(step, "Mul", "Sub") is not { } sum
            || sum.Second is not { Op: "Sub", Inputs: [var beta, { Step: { Op: "Mul" } shift }] }
        )
        {
            return null;
        }
        foreach (var (x, m) in Orders(sum.First))
        {
            foreach (var (mean, factor) in Orders(shift))
            {
                if (factor.Step != m.Step || !IsWeight(mean.Step) || Factor(m.Step) is not { } found)
                {
                    continue;
                }
                var (gamma, variance, epsilon) = found;
                var result = new TensorFlowStep(
                    LayerName(step.Name),
                    gamma is null ? BatchNormalizationWithoutScale : BatchNormalization,
                    ImmutableDictionary<string, TensorFlowAttribute>.Empty
                );
                result.Inputs.Add(x);
                if (gamma is { } scale)
                {
                    result.Inputs.Add(scale);
                }
                result.Inputs.AddRange([beta, mean, variance, epsilon]);
                return result;
            }
        }
        return null;
    }

    // What a normalization multiplies with: rsqrt(variance + epsilon), with gamma or without.
    private static (TensorFlowSource? Gamma, TensorFlowSource Variance, TensorFlowSource Epsilon)? Factor(
        TensorFlowStep step
    )
    {
        if (step.Op == "Mul")
        {
            foreach (var (gamma, rest) in Orders(step))
            {
                if (IsWeight(gamma.Step) && rest.Step.Op == "Rsqrt" && Factor(rest.Step) is { } inner)
                {
                    return (gamma, inner.Variance, inner.Epsilon);
                }
            }
        }
        if (step is not { Op: "Rsqrt", Inputs: [{ Step: { Op: "Add" or "AddV2" } sum }] })
        {
            return null;
        }
        foreach (var (variance, epsilon) in Orders(sum))
        {
            if (IsWeight(variance.Step) && epsilon.Step.Op == "Const" && variance.Step.Op != "Const")
            {
                return (null, variance, epsilon);
            }
        }
        return sum.Inputs.Count == 2 && IsWeight(sum.Inputs[0].Step) && IsWeight(sum.Inputs[1].Step)
            ? (null, sum.Inputs[0], sum.Inputs[1])
            : null;
    }

    // SpaceToBatchND, a plain convolution, BatchToSpaceND: a dilated convolution.
    private static TensorFlowStep? Dilated(TensorFlowStep step, ImmutableDictionary<TensorFlowStep, int> readers)
    {
        if (step is not { Op: "BatchToSpaceND", Inputs: [var inside, var block, var crops] })
        {
            return null;
        }
        TensorFlowStep? sum = null;
        var layer = inside.Step;
        if (Sums.Contains(layer.Op) && layer.Inputs.Count == 2 && IsWeight(layer.Inputs[1].Step))
        {
            (sum, layer) = (layer, layer.Inputs[0].Step);
        }
        if (
            layer.Op is not ("Conv2D" or "DepthwiseConv2dNative")
            || layer.Inputs.Count != 2
            || layer.Inputs[0].Step is not { Op: "SpaceToBatchND", Inputs: [var x, _, var pads] }
            || readers.GetValueOrDefault(layer) != 1
        )
        {
            return null;
        }
        var result = new TensorFlowStep(layer.Name, TensorFlowConvolutions.Dilated + layer.Op, layer.Attributes);
        result.Inputs.AddRange([x, layer.Inputs[1], block, pads, crops]);
        if (sum is not null)
        {
            result.Inputs.Add(sum.Inputs[1]);
        }
        return result;
    }

    private static (TensorFlowStep First, TensorFlowStep Second)? Pair(
        TensorFlowStep step,
        string first,
        string second
    ) =>
        step.Inputs is not [var a, var b] ? null
        : a.Step.Op == first && b.Step.Op == second ? (a.Step, b.Step)
        : a.Step.Op == second && b.Step.Op == first ? (b.Step, a.Step)
        : null;

    private static IEnumerable<(TensorFlowSource, TensorFlowSource)> Orders(TensorFlowStep step) =>
        step.Inputs is [var a, var b] ? [(a, b), (b, a)] : [];

    private static string LayerName(string name)
    {
        var parts = name.Split('/');
        return parts.Length > 2 && parts[^2] == "batchnorm" ? string.Join('/', parts[..^2]) : name;
    }
}
