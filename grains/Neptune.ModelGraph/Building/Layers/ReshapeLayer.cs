using System.Collections.Immutable;

namespace Neptune.ModelGraph;

internal sealed record ReshapeLayer(ImmutableArray<long> Lengths, string? LayerName) : Layer(LayerName)
{
    internal override string Stem => "reshape";

    internal override GraphValue Apply(LayerScope scope, GraphValue input)
    {
        if (Lengths.Any(length => length is 0 or < -1) || Lengths.Count(length => length == -1) > 1)
        {
            throw scope.Error("lengths must be at least 1, and one may be -1 for what is left.");
        }
        // Reshape keeps the order the user sees: height, width, channels.
        var value = scope.Builder.ToChannelsLast(input);
        var count = value.SampleShape.ElementCount();
        var given = Lengths.Where(length => length > 0).Aggregate((Int128)1, (p, length) => p > count ? p : p * length);
        var fits = Lengths.Contains(-1) ? count % given == 0 : count == given;
        if (!fits)
        {
            throw scope.Error(
                $"the input has shape {value.SampleShape} with {count} elements, and the target has {given}"
                    + $"{(Lengths.Contains(-1) ? " times a whole number" : "")}. Make them equal."
            );
        }
        return scope.Operation(
            "Reshape",
            [value.Name],
            channelsFirst: false,
            ("shape", new AttributeValue.Ints([0, .. Lengths]))
        );
    }

    /// <inheritdoc/>
    public override string ToString() => $"Reshape({string.Join(", ", Lengths)})";

    /// <inheritdoc/>
    public bool Equals(ReshapeLayer? other) =>
        other is not null && base.Equals(other) && Lengths.SequenceEqual(other.Lengths);

    /// <inheritdoc/>
    public override int GetHashCode() => Lengths.Aggregate(base.GetHashCode(), HashCode.Combine);
}
