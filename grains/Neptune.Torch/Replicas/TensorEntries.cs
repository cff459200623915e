using Neptune.ModelGraph;

namespace Neptune.Torch;

/// <summary>Checks that named tensors are exactly those that are wanted.</summary>
internal static class TensorEntries
{
    public static void Check(
        string what,
        IReadOnlyDictionary<string, TensorValue> given,
        IReadOnlyDictionary<string, (ElementType Type, Shape Shape)> wanted
    )
    {
        foreach (var (name, (type, shape)) in wanted)
        {
            if (!given.TryGetValue(name, out var value))
            {
                throw new ArgumentException(
                    $"The {what} lack {name}, of shape {shape}. {NearestNames.Offer(name, given.Keys)}"
                );
            }
            if (value.Type != type || !value.Shape.Equals(shape))
            {
                throw new ArgumentException(
                    $"The {what} hold {name} as {value.Type} of shape {value.Shape}, and the graph has {type} of shape "
                        + $"{shape}."
                );
            }
            var bytes = shape.ElementCount() * type.SizeBytes();
            if (value.Bytes.Length != bytes)
            {
                throw new ArgumentException(
                    $"The {what} hold {value.Bytes.Length} bytes for {name}; shape {shape} of {type} takes {bytes}."
                );
            }
        }
        foreach (var name in given.Keys)
        {
            if (!wanted.ContainsKey(name))
            {
                throw new ArgumentException(
                    $"The {what} hold {name}, which the graph or its optimizer does not have. "
                        + NearestNames.Offer(name, wanted.Keys)
                );
            }
        }
    }
}
