using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>The order of an LSTM's gates: i, f, c, o in Keras, and i, o, f, c in ONNX.</summary>
internal static class KerasGates
{
    private const int Gates = 4;

    /// <summary>The tensor, whose gates lie one after the other, in ONNX's order.</summary>
    public static TensorValue OfLstm(TensorValue value)
    {
        var gate = value.Bytes.Length / Gates;
        var bytes = new byte[value.Bytes.Length];
        ReadOnlySpan<int> order = [0, 3, 1, 2];
        for (var i = 0; i < Gates; i++)
        {
            value.Bytes.Span.Slice(order[i] * gate, gate).CopyTo(bytes.AsSpan(i * gate));
        }
        return value with { Bytes = bytes };
    }
}
