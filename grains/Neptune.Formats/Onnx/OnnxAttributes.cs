using System.Collections.Immutable;
using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>Translates a node's settings.</summary>
internal static class OnnxAttributes
{
    // Settings that are numbers of element types in the file, and names in the graph.
    private static readonly string[] Types = ["to", "dtype", "output_datatype", "output_dtype", "precision"];

    // Settings that say nothing about the result, or only of the values they have here.
    private static readonly Dictionary<string, (string Setting, long Meaningless)[]> Dropped = new(
        StringComparer.Ordinal
    )
    {
        ["BatchNormalization"] = [("spatial", 1), ("training_mode", 0), ("is_test", 1)],
        ["Cast"] = [("saturate", 1)],
        ["CastLike"] = [("saturate", 1)],
    };

    /// <summary>True for a setting that names an element type.</summary>
    public static bool NameTypes(string setting) => Types.Contains(setting);

    /// <summary>The settings of a node by Neptune's names.</summary>
    /// <exception cref="OnnxRefusedException">A setting is not known.</exception>
    public static ImmutableSortedDictionary<string, AttributeValue> Of(OnnxModel model, OnnxNode node)
    {
        var known = OperationRegistry.AttributesOf(node.OpType);
        var result = ImmutableSortedDictionary.CreateBuilder<string, AttributeValue>(StringComparer.Ordinal);
        foreach (var attribute in node.Attributes)
        {
            if (attribute.Kind == OnnxAttributeKind.Tensor && attribute.Name == "value")
            {
                foreach (var (name, value) in TensorOf(attribute))
                {
                    result[name] = value;
                }
                continue;
            }
            if (!known.Contains(attribute.Name))
            {
                if (!IsMeaningless(node, attribute))
                {
                    throw new OnnxRefusedException($"its attribute {attribute.Name} is not known");
                }
                continue;
            }
            result[attribute.Name] = Types.Contains(attribute.Name) ? TypeOf(attribute) : ValueOf(attribute);
        }
        return result.ToImmutable();
    }

    private static bool IsMeaningless(OnnxNode node, OnnxAttribute attribute) =>
        attribute.Kind == OnnxAttributeKind.Int
        && Dropped.TryGetValue(node.OpType, out var dropped)
        && dropped.Contains((attribute.Name, attribute.I));

    private static AttributeValue.Text TypeOf(OnnxAttribute attribute) =>
        OnnxElementTypes.Computed((int)Math.Clamp(attribute.I, 0, int.MaxValue)) is { } type
            ? new(type.ToString())
            : throw new OnnxRefusedException(
                $"elements of {OnnxElementTypes.Name((int)Math.Clamp(attribute.I, 0, int.MaxValue))} are not computed with"
            );

    private static IEnumerable<(string, AttributeValue)> TensorOf(OnnxAttribute attribute)
    {
        if (attribute.T is not { } tensor || OnnxElementTypes.Computed(tensor.DataType) is null)
        {
            throw new OnnxRefusedException(
                $"elements of {OnnxElementTypes.Name(attribute.T?.DataType ?? 0)} are not known"
            );
        }
        var value = OnnxTensors.ToValue(tensor, folder: null);
        return ConstantValue.ToOperation("value", value).Attributes.Select(a => (a.Key, a.Value));
    }

    private static AttributeValue ValueOf(OnnxAttribute attribute) =>
        attribute.Kind switch
        {
            OnnxAttributeKind.Int => new AttributeValue.Int(attribute.I),
            OnnxAttributeKind.Float => new AttributeValue.Float(attribute.F),
            OnnxAttributeKind.Text => new AttributeValue.Text(attribute.Text),
            OnnxAttributeKind.Ints => new AttributeValue.Ints(attribute.Ints),
            OnnxAttributeKind.Floats => new AttributeValue.Floats(attribute.Floats),
            OnnxAttributeKind.Texts => new AttributeValue.Texts([
                .. attribute.Strings.Select(s => System.Text.Encoding.UTF8.GetString(s.Span)),
            ]),
            _ => throw new OnnxRefusedException($"its attribute {attribute.Name} is of kind {attribute.Kind}"),
        };
}
