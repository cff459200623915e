using System.Collections.Immutable;
using Neptune.ModelGraph.Operations;

namespace Neptune.ModelGraph;

/// <summary>
/// Builds a graph of layers with branches: values are named as they are made, and go into the next layer.
/// <see cref="Sequential"/> uses it for chains.
/// </summary>
/// <example><code>
/// var g = new GraphBuilder("residual");
/// var image = g.Input(8, 8, 4);
/// var branch = g.Apply(Conv2D(4, 3, Relu, padding: Padding.Same), image);
/// var graph = g.Build(g.Apply(Dense(10), g.Apply(Flatten(), g.Add(image, branch))));
/// </code></example>
public sealed class GraphBuilder(string name = "model")
{
    private readonly ImmutableArray<ValueSignature>.Builder _inputs = ImmutableArray.CreateBuilder<ValueSignature>();
    private readonly ImmutableArray<Operation>.Builder _operations = ImmutableArray.CreateBuilder<Operation>();
    private readonly ImmutableArray<Parameter>.Builder _parameters = ImmutableArray.CreateBuilder<Parameter>();
    private readonly Dictionary<string, TensorType> _types = new(StringComparer.Ordinal);
    private readonly Dictionary<string, GraphValue> _values = new(StringComparer.Ordinal);
    private readonly Dictionary<string, GraphValue> _relaid = new(StringComparer.Ordinal);
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private readonly Dictionary<string, KnownElements> _known = new(StringComparer.Ordinal);

    /// <summary>An input of float32 samples, called <c>input</c>, <c>input_1</c> and so on.</summary>
    /// <param name="lengths">A sample's shape without the batch; images are (height, width, channels).</param>
    public GraphValue Input(params ReadOnlySpan<long> lengths) => Input(Shape.Of(lengths));

    /// <summary>An input of float32 samples.</summary>
    /// <param name="sample">A sample's shape without the batch; images are (height, width, channels).</param>
    /// <param name="inputName">The input's name; null for a numbered one.</param>
    /// <exception cref="GraphException">A length is not fixed or less than 1, or the name is taken.</exception>
    public GraphValue Input(Shape sample, string? inputName = null)
    {
        if (!sample.IsFixed || sample.Dimensions.Any(d => d.Length < 1))
        {
            throw new GraphException(
                $"The input has sample shape {sample}. Give lengths of at least 1, without the batch dimension."
            );
        }
        if (
            sample.Dimensions.Aggregate(
                (Int128)1,
                (product, d) => product > int.MaxValue ? product : product * d.Length
            ) > int.MaxValue
        )
        {
            throw new GraphException($"The input has sample shape {sample}, which is more than 2^31 - 1 elements.");
        }
        var signature = new ValueSignature(
            TakeName(inputName, "input"),
            ElementType.Float32,
            sample.Prepend(Dimension.Batch)
        );
        _inputs.Add(signature);
        return Register(signature.Name, new(signature.Type, signature.Shape), channelsFirst: false);
    }

    /// <summary>Adds <paramref name="layer"/> behind <paramref name="input"/>.</summary>
    /// <exception cref="GraphException">
    /// The layer does not fit; the message names it, the shapes and the remedy.
    /// </exception>
    public GraphValue Apply(Layer layer, GraphValue input)
    {
        RequireOwn(input);
        var layerName = TakeName(layer.Name, layer.Stem);
        return layer.Apply(new(this, layer, layerName), input);
    }

    /// <summary>A layer that several values go through with the same weights, one after another.</summary>
    /// <exception cref="GraphException">The layer keeps running statistics, or the name is taken.</exception>
    /// <example><code>
    /// var encoder = g.Share(Dense(16, Relu));
    /// var difference = g.Concatenate(g.Apply(encoder, left), g.Apply(encoder, right));
    /// </code></example>
    public SharedLayer Share(Layer layer) =>
        layer is BatchNormalizationLayer or ModuleLayer { HasStatistics: true }
            ? throw new GraphException(
                $"{layer} keeps running statistics, which two inputs cannot share. Apply one to each input."
            )
            : new(this, layer, TakeName(layer.Name, layer.Stem));

    /// <summary>
    /// Adds <paramref name="layer"/> behind <paramref name="input"/>; from the second time on with the same weights.
    /// </summary>
    /// <exception cref="GraphException">
    /// The layer does not fit; the message names it, the shapes and the remedy.
    /// </exception>
    public GraphValue Apply(SharedLayer layer, GraphValue input)
    {
        RequireOwn(input);
        if (layer.Builder != this)
        {
            throw new ArgumentException($"Layer {layer.Name} is of another builder.", nameof(layer));
        }
        var again = layer.IsUsed ? TakeName(null, layer.Name) : null;
        layer.IsUsed = true;
        return layer.Layer.Apply(new(this, layer.Layer, again ?? layer.Name, again is null ? null : layer.Name), input);
    }

    /// <summary>The sum of two values of one shape, or of shapes that broadcast: a residual connection.</summary>
    /// <exception cref="GraphException">The shapes do not fit.</exception>
    public GraphValue Add(GraphValue a, GraphValue b) => Combine("Add", a, b);

    /// <summary>The product of two values of one shape, or of shapes that broadcast: a gate.</summary>
    /// <exception cref="GraphException">The shapes do not fit.</exception>
    public GraphValue Multiply(GraphValue a, GraphValue b) => Combine("Mul", a, b);

    /// <summary>Values side by side along features or channels; all other lengths are equal.</summary>
    /// <exception cref="GraphException">There are none, or the shapes do not fit.</exception>
    public GraphValue Concatenate(params ReadOnlySpan<GraphValue> values)
    {
        if (values.IsEmpty)
        {
            throw new GraphException("There is nothing to concatenate. Give at least one value.");
        }
        var parts = values.ToArray();
        Array.ForEach(parts, RequireOwn);
        var given = parts;
        if (parts.Any(part => part.ChannelsFirst))
        {
            parts = parts.All(part => part.Type.Shape.Rank == 4)
                ? [.. parts.Select(ToChannelsFirst)]
                : [.. parts.Select(ToChannelsLast)];
        }
        var operation = TakeName(null, "concatenate");
        var (shape, axis) = (parts[0].SampleShape, parts[0].FeatureAxis);
        var misfit = Array.FindIndex(
            given,
            part =>
                part.SampleShape.Rank != shape.Rank
                || shape.Rank == 0
                || !part.SampleShape.Dimensions.SkipLast(1).SequenceEqual(shape.Dimensions.SkipLast(1))
        );
        if (misfit >= 0)
        {
            throw new GraphException(
                $"Operation {operation}: {given[0].Name} has shape {shape} and {given[misfit].Name} has shape "
                    + $"{given[misfit].SampleShape}, which do not lie side by side. Make all lengths but the last "
                    + "equal."
            );
        }
        return Append(operation, "Concat", parts.Select(p => p.Name), parts[0].ChannelsFirst, [("axis", (long)axis)]);
    }

    /// <summary>The graph so far, with the given outputs.</summary>
    /// <exception cref="GraphException">The graph is not valid.</exception>
    public Graph Build(params ReadOnlySpan<GraphValue> outputs)
    {
        var signatures = ImmutableArray.CreateBuilder<ValueSignature>(outputs.Length);
        foreach (var output in outputs)
        {
            RequireOwn(output);
            // A caller sees images as it gave them: channels last.
            var seen = ToChannelsLast(output);
            signatures.Add(new(seen.Name, seen.Type.Type, seen.Type.Shape));
        }
        var graph = new Graph
        {
            Name = name,
            Inputs = _inputs.ToImmutable(),
            Outputs = signatures.ToImmutable(),
            Operations = _operations.ToImmutable(),
            Parameters = _parameters.ToImmutable(),
        };
        GraphValidation.Check(graph);
        return graph;
    }

    internal void Declare(Parameter parameter)
    {
        if (!_types.TryAdd(parameter.Name, new(parameter.Type, parameter.Shape)))
        {
            throw new GraphException($"Two parameters are called {parameter.Name}. Rename a layer.");
        }
        _parameters.Add(parameter);
    }

    /// <summary>The shape of a value or parameter; null where there is none of that name.</summary>
    internal Shape? ShapeOf(string value) => _types.TryGetValue(value, out var type) ? type.Shape : null;

    internal GraphValue Append(
        string operationName,
        string type,
        IEnumerable<string> inputs,
        bool channelsFirst,
        ReadOnlySpan<(string Name, AttributeValue Value)> attributes
    ) => AppendSeveral(operationName, type, inputs, 1, channelsFirst, attributes)[0];

    internal ImmutableArray<GraphValue> AppendSeveral(
        string operationName,
        string type,
        IEnumerable<string> inputs,
        int outputs,
        bool channelsFirst,
        ReadOnlySpan<(string Name, AttributeValue Value)> attributes
    )
    {
        var settings = ImmutableSortedDictionary.CreateBuilder<string, AttributeValue>(StringComparer.Ordinal);
        foreach (var (attribute, value) in attributes)
        {
            settings.Add(attribute, value);
        }
        return Append(
            new Operation
            {
                Name = operationName,
                Type = type,
                Inputs = [.. inputs],
                Outputs =
                [
                    .. Enumerable.Range(0, outputs).Select(i => i == 0 ? operationName : $"{operationName}_{i}"),
                ],
                Attributes = settings.ToImmutable(),
            },
            channelsFirst
        );
    }

    internal GraphValue AppendConstant(Operation constant) => Append(constant, channelsFirst: false)[0];

    /// <summary>An image (N, H, W, C) as (N, C, H, W); one that lies so already is given back.</summary>
    internal GraphValue ToChannelsFirst(GraphValue image) =>
        image.ChannelsFirst ? image : Relaid(image, "to_channels_first", 0, 3, 1, 2);

    /// <summary>An image as (N, H, W, C); any other value is given back.</summary>
    internal GraphValue ToChannelsLast(GraphValue image) =>
        image.ChannelsFirst ? Relaid(image, "to_channels_last", 0, 2, 3, 1) : image;

    // A value that several layers read is transposed once.
    private GraphValue Relaid(GraphValue image, string stem, params long[] axes)
    {
        if (!_relaid.TryGetValue(image.Name, out var relaid))
        {
            var operation = TakeName(null, stem);
            relaid = Append(operation, "Transpose", [image.Name], !image.ChannelsFirst, [("perm", axes)]);
            _relaid.Add(image.Name, relaid);
        }
        return relaid;
    }

    private ImmutableArray<GraphValue> Append(Operation operation, bool channelsFirst)
    {
        var inferred = OperationInference.Infer(operation, _types, _known);
        _operations.Add(operation);
        return [.. operation.Outputs.Select((output, i) => Register(output, inferred[i], channelsFirst))];
    }

    private GraphValue Combine(string type, GraphValue a, GraphValue b)
    {
        RequireOwn(a);
        RequireOwn(b);
        var (left, right) = (a.Name, b.Name);
        if (a.ChannelsFirst != b.ChannelsFirst)
        {
            (a, b) =
                a.Type.Shape.Rank == 4 && b.Type.Shape.Rank == 4
                    ? (ToChannelsFirst(a), ToChannelsFirst(b))
                    : (ToChannelsLast(a), ToChannelsLast(b));
        }
        var operation = TakeName(null, type == "Add" ? "add" : "multiply");
        if (Broadcasting.Of(a.Type.Shape, b.Type.Shape) is null)
        {
            throw new GraphException(
                $"Operation {operation}: {left} has shape {a.SampleShape} and {right} has shape {b.SampleShape}, which "
                    + "do not broadcast. Make the shapes equal, for example with a Conv2D of kernel 1 or a Dense."
            );
        }
        return Append(operation, type, [a.Name, b.Name], a.ChannelsFirst, []);
    }

    private GraphValue Register(string valueName, TensorType type, bool channelsFirst)
    {
        if (!_types.TryAdd(valueName, type))
        {
            throw new GraphException($"Two values are called {valueName}. Rename a layer.");
        }
        return _values[valueName] = new(valueName, type, channelsFirst);
    }

    private void RequireOwn(GraphValue value)
    {
        if (!ReferenceEquals(_values.GetValueOrDefault(value.Name), value))
        {
            throw new ArgumentException($"Value {value.Name} is of another builder.", nameof(value));
        }
    }

    private string TakeName(string? wanted, string stem)
    {
        if (wanted is not null)
        {
            return _names.Add(wanted)
                ? wanted
                : throw new GraphException($"Two layers are called {wanted}. Rename one, or leave the name out.");
        }
        var candidate = stem;
        for (var i = 1; !_names.Add(candidate); i++)
        {
            candidate = $"{stem}_{i}";
        }
        return candidate;
    }
}
