using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>Gives the symbols of a model's dimensions: the first symbol of all is the batch, whatever the file calls it.</summary>
internal sealed class OnnxSymbols
{
    private string? _batch;
    private int _anonymous;

    /// <summary>A type's shape.</summary>
    public Shape ShapeOf(OnnxType type) =>
        type.Dimensions is { } dimensions
            ? new([.. dimensions.Select((dimension, axis) => Of(dimension, axis))])
            : Shape.Unknown;

    private Dimension Of(OnnxDimension dimension, int axis)
    {
        if (dimension.Value is { } length and > 0)
        {
            return length;
        }
        // Some writers put 0 or -1 for a length that is free.
        var symbol =
            string.IsNullOrWhiteSpace(dimension.Symbol) || dimension.Symbol is "?" or "..."
                ? dimension.Value == 0 && axis > 0
                    ? null
                    : $"free_{++_anonymous}"
                : dimension.Symbol;
        if (symbol is null)
        {
            return 0;
        }
        _batch ??= axis == 0 ? symbol : null;
        return symbol == _batch ? Dimension.Batch
            : symbol == Dimension.Batch.Symbol ? Dimension.Symbolic("N_")
            : Dimension.Symbolic(symbol);
    }
}
