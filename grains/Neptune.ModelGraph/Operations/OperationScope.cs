using System.Collections.Immutable;

namespace Neptune.ModelGraph.Operations;

/// <summary>One operation with the types of its inputs, as a definition sees it.</summary>
internal sealed class OperationScope(
    Operation operation,
    IOperationDefinition definition,
    ImmutableArray<TensorType?> inputs,
    IDictionary<string, KnownElements>? known = null
)
{
    public Operation Operation => operation;

    /// <summary>True where the optional input is given.</summary>
    public bool Has(int input) => input < inputs.Length && inputs[input] is not null;

    /// <summary>How many inputs there are, those left out included.</summary>
    public int Count => inputs.Length;

    /// <summary>What ONNX calls the input.</summary>
    public string NameOf(int input) =>
        definition.IsVariadic && definition.Inputs.Length == 1
            ? $"{definition.Inputs[0]}[{input}]"
            : definition.Inputs[Math.Min(input, definition.Inputs.Length - 1)];

    /// <summary>The elements of an input, where they are known before the graph runs.</summary>
    public KnownElements? Known(int input) =>
        Has(input) && known is not null && known.TryGetValue(operation.Inputs[input], out var elements)
            ? elements
            : null;

    /// <summary>The whole numbers of an input, where all are known before the graph runs.</summary>
    public ImmutableArray<long>? Numbers(int input) => Known(input)?.Numbers;

    /// <summary>
    /// The numbers of an attribute, or of the input that took its place in a later opset; null where they are not known before
    /// the graph runs, or left out.
    /// </summary>
    public ImmutableArray<long>? IntsOrInput(string attribute, int input) =>
        operation.Attributes.ContainsKey(attribute) ? operation.Ints(attribute) : Numbers(input);

    public TensorType this[int input] => inputs[input]!.Value;

    public Shape Shape(int input) => this[input].Shape;

    /// <summary>The first input's element type, once all inputs have it and it is a floating-point type.</summary>
    public ElementType FloatingType()
    {
        var type = CommonType();
        return type.IsFloating()
            ? type
            : throw Error($"{definition.Inputs[0]} is {type}, and must be a floating-point type.");
    }

    /// <summary>The first input's element type, once all inputs have it.</summary>
    public ElementType CommonType()
    {
        var type = this[0].Type;
        for (var i = 1; i < inputs.Length; i++)
        {
            if (Has(i) && this[i].Type != type)
            {
                throw Error($"{definition.Inputs[0]} is {type} and {NameOf(i)} is {this[i].Type}. Give both one type.");
            }
        }
        return type;
    }

    /// <summary>The shape of an input that must have <paramref name="rank"/> dimensions.</summary>
    public Shape ShapeOfRank(int input, int rank, string dimensions)
    {
        var shape = Shape(input);
        return shape.Rank == rank
            ? shape
            : throw Error($"{NameOf(input)} has shape {shape}, and must be {dimensions}.");
    }

    /// <summary>The attribute as an axis in 0..<paramref name="rank"/>-1; a negative one counts from the end.</summary>
    public int Axis(string name, long otherwise, int rank) => Axis(name, operation.Int(name, otherwise), rank, 0);

    /// <summary>An axis in 0..<paramref name="rank"/>-1; a negative one counts from the end.</summary>
    public int Axis(string name, long axis, int rank, int input)
    {
        if (axis < -rank || axis >= rank)
        {
            throw Error(
                $"{name} is {axis}, and {NameOf(input)} has shape {Shape(input)}. "
                    + $"Pick {name} from {-rank} to {rank - 1}."
            );
        }
        return (int)(axis < 0 ? axis + rank : axis);
    }

    /// <summary>The attribute as a switch.</summary>
    public bool Flag(string name) =>
        operation.Int(name, 0) switch
        {
            0 => false,
            1 => true,
            var other => throw Error($"{name} is {other}, and must be 0 or 1."),
        };

    public GraphException Error(string problem) => new($"Operation {operation.Name} ({operation.Type}): {problem}");
}
