using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>
/// Placeholders by which a graph of the first TensorFlow is told whether it trains. For inference there is one value each.
/// </summary>
internal static class TensorFlowFlags
{
    private const string KeepProbability = "keep_prob";

    /// <summary>True for a flag: a truth value, or a number that is named as dropout's keep probability.</summary>
    public static bool IsFlag(TensorFlowNode node) =>
        IsPlaceholder(node.Op)
        && node.Attributes.GetValueOrDefault("shape")?.Shape?.Lengths is null or []
        && node.Attributes.GetValueOrDefault("dtype")?.Type is { } type
        && (type == TensorFlowDataType.Boolean || (type == TensorFlowDataType.Float && IsKeepProbability(node.Name)));

    /// <summary>True for operators that stand for what a caller gives.</summary>
    public static bool IsPlaceholder(string op) => op is "Placeholder" or "PlaceholderV2";

    /// <summary>What a user should know of a flag.</summary>
    public static string NoteOf(string name) =>
        $"{name} is {(IsKeepProbability(name) ? "1: nothing is dropped" : "false: the model is taken for inference")}.";

    /// <summary>The value of a flag that the model's inputs do not name.</summary>
    public static TensorFlowValue ValueOf(TensorFlowCall call)
    {
        var type = call.Type("dtype", TensorFlowDataType.Float);
        return type == ElementType.Boolean
                ? new TensorFlowValue.Constant(TensorFlowNumbers.MakeWhole(type, Shape.Scalar, _ => 0), call.Name)
            : type == ElementType.Float32 && IsKeepProbability(call.Name)
                ? new TensorFlowValue.Constant(TensorFlowNumbers.Make(type, Shape.Scalar, _ => 1), call.Name)
            : throw TensorFlowCall.Refuse("it is fed by no input of the signature");
    }

    private static bool IsKeepProbability(string name) =>
        name.Contains(KeepProbability, StringComparison.OrdinalIgnoreCase);
}
