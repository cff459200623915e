using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>The graph while layers add their operations to it.</summary>
/// <param name="name">The graph's name.</param>
internal sealed class KerasGraph(string name)
{
    private readonly GraphAssembler _assembler = new(name);
    private readonly ImmutableSortedDictionary<string, TensorValue>.Builder _weights =
        ImmutableSortedDictionary.CreateBuilder<string, TensorValue>(StringComparer.Ordinal);

    /// <summary>A value for every parameter so far.</summary>
    public ImmutableSortedDictionary<string, TensorValue> Weights => _weights.ToImmutable();

    /// <summary>The graph so far, checked.</summary>
    public Graph Build(IEnumerable<string> outputs) => _assembler.Build(outputs);

    /// <summary>True where there is a value of that name.</summary>
    public bool Has(string value) => _assembler.TypeOf(value) is not null;

    /// <summary>What is known of a value.</summary>
    public (ElementType Type, Shape Shape) TypeOf(string value) =>
        _assembler.TypeOf(value) is { } type
            ? (type.Type, type.Shape)
            : throw new GraphException($"No value is called {value}.");

    /// <summary>Adds an input.</summary>
    public KerasValue AddInput(string input, ElementType type, Shape shape)
    {
        _assembler.AddInput(new(input, type, shape));
        return new(input, null, shape, type);
    }

    /// <summary>Adds a parameter.</summary>
    public void AddParameter(Parameter parameter, TensorValue value)
    {
        _assembler.AddParameter(parameter);
        _weights.Add(parameter.Name, value);
    }

    /// <summary>Adds an operation with one output.</summary>
    /// <returns>The output's name, which is the operation's.</returns>
    public string Append(
        string stem,
        string type,
        IEnumerable<string> inputs,
        params ReadOnlySpan<(string Name, AttributeValue Value)> attributes
    ) => AppendSeveral(stem, type, inputs, 1, attributes)[0];

    /// <summary>Adds an operation with several outputs.</summary>
    public ImmutableArray<string> AppendSeveral(
        string stem,
        string type,
        IEnumerable<string> inputs,
        int outputs,
        params ReadOnlySpan<(string Name, AttributeValue Value)> attributes
    )
    {
        var settings = ImmutableSortedDictionary.CreateBuilder<string, AttributeValue>(StringComparer.Ordinal);
        foreach (var (setting, value) in attributes)
        {
            settings.Add(setting, value);
        }
        var own = _assembler.FreeName(stem);
        var operation = new Operation
        {
            Name = own,
            Type = type,
            Inputs = [.. inputs],
            Outputs = [own, .. Enumerable.Range(1, outputs - 1).Select(i => _assembler.FreeName($"{own}.{i}"))],
            Attributes = settings.ToImmutable(),
        };
        _assembler.Append(operation);
        return operation.Outputs;
    }

    /// <summary>A constant of real numbers.</summary>
    public string Constant(string stem, Shape shape, params ReadOnlySpan<float> numbers) =>
        AppendConstant(stem, TensorValue.Of(shape, numbers));

    /// <summary>A constant list of whole numbers.</summary>
    public string Numbers(string stem, params ReadOnlySpan<long> numbers) =>
        AppendConstant(
            stem,
            new(ElementType.Int64, Shape.Of(numbers.Length), MemoryMarshal.AsBytes(numbers).ToArray())
        );

    /// <summary>A value in Keras's order.</summary>
    public KerasValue FromPlain(string value)
    {
        var (type, shape) = TypeOf(value);
        return new(value, null, shape, type);
    }

    /// <summary>A value whose channels stand second, and which Keras has last.</summary>
    public KerasValue FromMoved(string value)
    {
        var (type, shape) = TypeOf(value);
        return new(null, value, new([shape[0], .. shape.Dimensions[2..], shape[1]]), type);
    }

    /// <summary>The value in Keras's order.</summary>
    public string Plain(KerasValue value) => value.Plain ??= Transpose(value.Moved!, value.Shape.Rank, toMoved: false);

    /// <summary>The value with its last dimension moved to the second place.</summary>
    public string Moved(KerasValue value) => value.Moved ??= Transpose(value.Plain!, value.Shape.Rank, toMoved: true);

    private string Transpose(string value, int rank, bool toMoved)
    {
        var order = Enumerable.Range(1, rank - 2).Select(i => (long)(toMoved ? i : i + 1));
        long[] perm = toMoved ? [0, rank - 1, .. order] : [0, .. order, 1];
        return Append(
            $"{value}.{(toMoved ? "channels_first" : "channels_last")}",
            "Transpose",
            [value],
            ("perm", perm)
        );
    }

    private string AppendConstant(string stem, TensorValue value)
    {
        var own = _assembler.FreeName(stem);
        _assembler.Append(ConstantValue.ToOperation(own, value));
        return own;
    }
}
