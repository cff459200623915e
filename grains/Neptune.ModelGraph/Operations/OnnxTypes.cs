namespace Neptune.ModelGraph.Operations;

/// <summary>The numbers by which ONNX's attributes name element types (TensorProto.DataType of onnx.proto).</summary>
internal static class OnnxTypes
{
    private static readonly Dictionary<long, ElementType> Types = new()
    {
        [1] = ElementType.Float32,
        [2] = ElementType.UInt8,
        [3] = ElementType.Int8,
        [4] = ElementType.UInt16,
        [5] = ElementType.Int16,
        [6] = ElementType.Int32,
        [7] = ElementType.Int64,
        [9] = ElementType.Boolean,
        [10] = ElementType.Float16,
        [11] = ElementType.Float64,
        [12] = ElementType.UInt32,
        [13] = ElementType.UInt64,
        [16] = ElementType.BFloat16,
    };

    /// <summary>The element type that an attribute names; the default where it is left out (or 0, "undefined").</summary>
    public static ElementType Of(OperationScope scope, string attribute, ElementType otherwise) =>
        scope.Operation.Int(attribute, 0) is var number && number == 0 ? otherwise
        : Types.TryGetValue(number, out var type) ? type
        : throw scope.Error(
            $"{attribute} is {number}, an element type that no graph of Neptune has. Known are "
                + $"{string.Join(", ", Types.Select(t => $"{t.Key} ({t.Value})"))}."
        );
}
