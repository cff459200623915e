using System.Collections.Immutable;

namespace Neptune.ModelGraph;

/// <summary>The value of a Constant operation.</summary>
public static class ConstantValue
{
    /// <summary>The operation that makes a value.</summary>
    /// <param name="name">The operation's name, and that of the value it makes.</param>
    /// <param name="value">The value.</param>
    public static Operation ToOperation(string name, TensorValue value) =>
        new()
        {
            Name = name,
            Type = "Constant",
            Inputs = [],
            Outputs = [name],
            Attributes = ImmutableSortedDictionary.CreateRange(
                StringComparer.Ordinal,
                new Dictionary<string, AttributeValue>
                {
                    ["type"] = new AttributeValue.Text(value.Type.ToString()),
                    ["shape"] = new AttributeValue.Ints([.. value.Shape.ToArray()]),
                    ["value"] = new AttributeValue.Text(Convert.ToBase64String(value.Bytes.Span)),
                }
            ),
        };

    /// <summary>The value that an operation makes.</summary>
    /// <exception cref="FormatException">The attributes do not fit each other.</exception>
    public static TensorValue Of(Operation operation)
    {
        var name = operation.Text("type", "");
        if (!Enum.TryParse<ElementType>(name, out var type) || !Enum.IsDefined(type))
        {
            throw new FormatException($"type is {name}. {NearestNames.Offer(name, Enum.GetNames<ElementType>())}");
        }
        var lengths = operation.Ints("shape");
        if (lengths.Any(length => length < 0))
        {
            throw new FormatException($"shape is ({string.Join(", ", lengths)}), and must not be negative.");
        }
        byte[] bytes;
        try
        {
            bytes = Convert.FromBase64String(operation.Text("value", ""));
        }
        catch (FormatException)
        {
            throw new FormatException("value is not base64.");
        }
        var wanted = type.SizeBytes(lengths);
        return wanted == bytes.Length
            ? new(type, Shape.Of(lengths.AsSpan()), bytes)
            : throw new FormatException(
                $"value has {bytes.Length} bytes, and shape ({string.Join(", ", lengths)}) of {type} takes {wanted}."
            );
    }
}
