namespace Neptune.Formats;

/// <summary>Weights of one element for each channel, which some versions of Keras keep as (1, 1, 1, C).</summary>
internal static class TensorFlowVectors
{
    /// <summary>The weight as a vector, where all its lengths but that along an axis are 1; else as it is.</summary>
    public static TensorFlowValue Of(TensorFlowValue value, int axis = -1) =>
        value is TensorFlowValue.Constant { Value: { Shape: { Rank: > 1 } shape } elements } constant
        && shape.Rank > Math.Abs(axis)
        && shape.ElementCount() == shape[axis].Length
            ? new TensorFlowValue.Constant(elements with { Shape = new(shape[axis]) }, constant.Name)
            : value;
}
