using System.Collections.Frozen;
using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>Which version of ONNX's operators a graph needs, and the names that changed between versions.</summary>
internal static class OnnxOpsets
{
    /// <summary>What graphs are written in that need no newer one.</summary>
    public const int Usual = 18;

    // The version in which scale and bias became those of channels, where they had been those of groups.
    private const int GroupNormalizationOfChannels = 21;

    // The version in which GridSample took volumes, and renamed its modes.
    private const int GridSampleOfVolumes = 20;

    private static readonly FrozenDictionary<string, int> Added = new Dictionary<string, int>(StringComparer.Ordinal)
    {
        ["AffineGrid"] = 20,
        ["Attention"] = 23,
        ["Gelu"] = 20,
        ["RMSNormalization"] = 23,
        ["RotaryEmbedding"] = 23,
        ["Swish"] = 24,
        ["TensorScatter"] = 24,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The least version that has all of a graph's operations as they are.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="types">What is known of its values.</param>
    public static int Of(Graph graph, IReadOnlyDictionary<string, TensorType> types) =>
        graph.Operations.Select(operation => Of(operation, types)).Append(Usual).Max();

    /// <summary>The operation as that version names it.</summary>
    /// <exception cref="GraphException">The version has no such form.</exception>
    public static Operation In(int opset, Operation operation, IReadOnlyDictionary<string, TensorType> types) =>
        operation.Type switch
        {
            // Only of floats of 8 bits, which are not computed with, and of later versions.
            "Cast" or "CastLike" => operation with { Attributes = operation.Attributes.Remove("saturate") },
            "Scatter" => operation with { Type = "ScatterElements" },
            "Upsample" => AsResize(operation),
            "GridSample" => operation with
            {
                Attributes = operation.Attributes.SetItem("mode", GridSampleMode(opset, operation)),
            },
            "GroupNormalization" when opset >= GroupNormalizationOfChannels && IsOfGroups(operation, types) =>
                throw new GraphException(
                    $"Operation {operation.Name} ({operation.Type}) has a scale for each group, which opset {opset} of ONNX, that other "
                        + "operations need, does not know. Give it a scale for each channel."
                ),
            _ => operation,
        };

    private static int Of(Operation operation, IReadOnlyDictionary<string, TensorType> types)
    {
        var type = operation.Inputs is [{ Length: > 0 } first, ..] ? types[first].Type : (ElementType?)null;
        return operation.Type switch
        {
            // Before that the means are of elements that lie side by side.
            "AveragePool" when operation.Ints("dilations").Any(dilation => dilation != 1) => 19,
            "Attention" when operation.Inputs is [_, _, _, _, _, _, { Length: > 0 }, ..] => 24,
            "DequantizeLinear" when type is ElementType.Int16 || IsBlocked(operation) => 21,
            "GridSample" when types[operation.Inputs[0]].Shape is { IsKnown: true, Rank: > 4 } => GridSampleOfVolumes,
            "GroupNormalization" when !IsOfGroups(operation, types) => GroupNormalizationOfChannels,
            "IsInf" when type is ElementType.Float16 or ElementType.BFloat16 => 20,
            "IsNaN" when type is ElementType.BFloat16 => 20,
            "Pad" when operation.Text("mode", "constant") == "wrap" => 19,
            "QuantizeLinear" when IsBlocked(operation) => 21,
            "QuantizeLinear" when operation.Inputs.Length > 2 && types[operation.Inputs[2]].Type is ElementType.Int16 =>
                21,
            "ReduceMax" or "ReduceMin" when type is ElementType.Boolean => 20,
            _ => Added.GetValueOrDefault(operation.Type),
        };
    }

    private static bool IsBlocked(Operation operation) => operation.Int("block_size", 0) != 0;

    // Where there is one channel a group, both mean the same.
    private static bool IsOfGroups(Operation operation, IReadOnlyDictionary<string, TensorType> types) =>
        types[operation.Inputs[1]].Shape == Shape.Of(operation.Int("num_groups", 1));

    private static string GridSampleMode(int opset, Operation operation) =>
        (opset >= GridSampleOfVolumes, operation.Text("mode", "linear")) switch
        {
            (true, "bilinear") => "linear",
            (true, "bicubic") => "cubic",
            (false, "linear") => "bilinear",
            (false, "cubic") => "bicubic",
            var (_, mode) => mode,
        };

    // What Upsample was: places are rounded down, or lie between those of the input as multiples of the factor.
    private static Operation AsResize(Operation operation)
    {
        var attributes = operation
            .Attributes.SetItem("mode", operation.Text("mode", "nearest") == "nearest" ? "nearest" : "linear")
            .SetItem("coordinate_transformation_mode", "asymmetric");
        return operation with
        {
            Type = "Resize",
            Inputs = operation.Inputs is [var x, var scales] ? [x, "", scales] : operation.Inputs,
            Attributes =
                operation.Text("mode", "nearest") == "nearest"
                    ? attributes.SetItem("nearest_mode", "floor")
                    : attributes,
        };
    }
}
