using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>
/// Adds operations to Neptune's graph. A value lies there as the file has it, channels last, or channels first, as Neptune's
/// convolutions take it; it is turned where a reader wants the other, once.
/// </summary>
internal sealed class TensorFlowEmitter(GraphAssembler assembler, IReadOnlySet<string> reserved)
{
    private const int LargestConstantBytes = 16 << 20; // constants are part of the graph's text; weights are not

    private readonly Dictionary<string, string> _channelsFirst = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _channelsLast = new(StringComparer.Ordinal);
    private readonly Dictionary<TensorFlowValue, Dictionary<string, string>> _made = [];
    private readonly Dictionary<(string Name, Shape Shape), List<TensorFlowValue.Constant>> _first = [];
    private readonly Dictionary<string, TensorValue> _weights = new(StringComparer.Ordinal);

    /// <summary>What loops and lists may still add.</summary>
    public TensorFlowBudget Budget { get; } = new();

    /// <summary>The names of the model's inputs.</summary>
    public HashSet<string> Inputs { get; } = new(StringComparer.Ordinal);

    /// <summary>True for an input of the model.</summary>
    public bool IsInput(TensorFlowValue value) =>
        value is TensorFlowValue.Computed computed && Inputs.Contains(computed.Name);

    /// <summary>The parameters' values.</summary>
    public IReadOnlyDictionary<string, TensorValue> Weights => _weights;

    /// <summary>What a user should know of them.</summary>
    public ImmutableArray<string> Notes { get; private set; } = [];

    /// <summary>The axes of (N, ..., C) in the order (N, C, ...).</summary>
    public static int[] ToChannelsFirst(int rank) => [0, rank - 1, .. Enumerable.Range(1, rank - 2)];

    /// <summary>The axes of (N, C, ...) in the order (N, ..., C).</summary>
    public static int[] ToChannelsLast(int rank) => [0, .. Enumerable.Range(2, rank - 2), 1];

    /// <summary>The axis of (N, C, ...) that an axis of (N, ..., C) is.</summary>
    public static int AxisInChannelsFirst(int axis, int rank) =>
        axis == 0 ? 0
        : axis == rank - 1 ? 1
        : axis + 1;

    /// <summary>The shape as the file has it.</summary>
    public Shape ShapeOf(TensorFlowValue value) =>
        value switch
        {
            TensorFlowValue.Constant constant => constant.Value.Shape,
            TensorFlowValue.Lengths lengths => lengths.IsScalar ? Shape.Scalar : Shape.Of(lengths.Elements.Length),
            TensorFlowValue.Computed computed => ShapeOf(computed),
            _ => throw Cannot(value),
        };

    /// <summary>What an element is.</summary>
    public ElementType TypeOf(TensorFlowValue value) =>
        value switch
        {
            TensorFlowValue.Constant constant => constant.Value.Type,
            TensorFlowValue.Lengths lengths => lengths.Type,
            TensorFlowValue.Computed computed => assembler.TypeOf(computed.Name)!.Value.Type,
            TensorFlowValue.Uniform uniform => uniform.Type,
            _ => throw Cannot(value),
        };

    /// <summary>The value as the file has it.</summary>
    public string Plain(TensorFlowValue value) =>
        value switch
        {
            TensorFlowValue.Computed { IsChannelsFirst: true } turned => Turned(turned.Name, isBack: true),
            TensorFlowValue.Computed computed => computed.Name,
            TensorFlowValue.Constant constant => Weight(constant, "weight", isTrained: false),
            TensorFlowValue.Lengths lengths => OfLengths(lengths, lengths.Type),
            _ => throw Cannot(value),
        };

    /// <summary>The value with channels first; it has at least three dimensions.</summary>
    public string ChannelsFirst(TensorFlowValue value) =>
        value switch
        {
            TensorFlowValue.Computed { IsChannelsFirst: true } turned => turned.Name,
            TensorFlowValue.Constant constant => Weight(
                constant,
                "weight",
                isTrained: false,
                ToChannelsFirst(constant.Value.Shape.Rank)
            ),
            _ => Turned(Plain(value), isBack: false),
        };

    /// <summary>Whole numbers as an Int64 vector.</summary>
    public string Numbers(TensorFlowValue value)
    {
        if (value is TensorFlowValue.Lengths lengths)
        {
            return OfLengths(lengths, ElementType.Int64);
        }
        var name = Plain(value);
        return TypeOf(value) == ElementType.Int64 ? name : Emit("Cast", $"{name}.long", [name], ("to", "Int64"));
    }

    /// <summary>Whole numbers that are known, as a value of the graph.</summary>
    public string Numbers(string stem, params ReadOnlySpan<long> numbers) =>
        Constant(stem, new(ElementType.Int64, Shape.Of(numbers.Length), MemoryMarshal.AsBytes(numbers).ToArray()));

    /// <summary>A constant as a weight: a parameter where it holds real numbers in some dimension, else part of the graph.</summary>
    /// <param name="constant">The elements.</param>
    /// <param name="role">What the weight is called where its node has no telling name.</param>
    /// <param name="isTrained">True where training changes it.</param>
    /// <param name="order">The order of axes; null keeps it.</param>
    /// <param name="shape">The shape, once in that order; null keeps it.</param>
    /// <param name="isLayer">True where even a single value is a parameter.</param>
    public string Weight(
        TensorFlowValue.Constant constant,
        string role,
        bool isTrained,
        int[]? order = null,
        Shape? shape = null,
        bool isLayer = false
    )
    {
        constant = First(constant);
        var form = $"{string.Join(',', order ?? [])} {shape}";
        if (!_made.TryGetValue(constant, out var forms))
        {
            _made.Add(constant, forms = new(StringComparer.Ordinal));
        }
        if (!forms.TryGetValue(form, out var name))
        {
            var value = constant.Value;
            if (order is not null && !order.SequenceEqual(Enumerable.Range(0, order.Length)))
            {
                value = TensorLayout.Permuted(value, order);
            }
            value = shape is null ? value : value with { Shape = shape };
            name = Add(TensorFlowNames.OfWeight(constant.Name, role), value, isTrained, isLayer);
            forms.Add(form, name);
        }
        return name;
    }

    /// <summary>A constant that is part of the graph.</summary>
    public string Constant(string stem, TensorValue value)
    {
        if (value.Bytes.Length > LargestConstantBytes)
        {
            throw new TensorFlowRefusedException(
                $"{stem} is a constant of {value.Type} with {value.Bytes.Length >> 20} MB; more than "
                    + $"{LargestConstantBytes >> 20} MB are supported for float weights only"
            );
        }
        var name = Free(stem);
        assembler.Append(ConstantValue.ToOperation(name, value));
        return name;
    }

    /// <summary>Adds an operation of one output.</summary>
    /// <returns>The output's name.</returns>
    public string Emit(
        string type,
        string stem,
        ImmutableArray<string> inputs,
        params ReadOnlySpan<(string Name, AttributeValue Value)> attributes
    ) => EmitAll(type, stem, inputs, 1, attributes)[0];

    /// <summary>Adds an operation of several outputs.</summary>
    /// <returns>The outputs' names.</returns>
    public ImmutableArray<string> EmitAll(
        string type,
        string stem,
        ImmutableArray<string> inputs,
        int outputs,
        params ReadOnlySpan<(string Name, AttributeValue Value)> attributes
    )
    {
        var name = Free(stem);
        var names = ImmutableArray.CreateBuilder<string>(outputs);
        names.Add(name);
        for (var i = 1; i < outputs; i++)
        {
            names.Add(Free($"{name}.{i}"));
        }
        var settings = ImmutableSortedDictionary.CreateBuilder<string, AttributeValue>(StringComparer.Ordinal);
        foreach (var (key, value) in attributes)
        {
            settings.Add(key, value);
        }
        assembler.Append(
            new()
            {
                Name = name,
                Type = type,
                Inputs = inputs,
                Outputs = names.ToImmutable(),
                Attributes = settings.ToImmutable(),
            }
        );
        return names.ToImmutable();
    }

    /// <summary>Adds an operation whose output has the name of an output of the model.</summary>
    /// <returns>The output's name.</returns>
    public string EmitReserved(string type, string name, ImmutableArray<string> inputs)
    {
        var free = assembler.FreeName(name);
        assembler.Append(
            new()
            {
                Name = free,
                Type = type,
                Inputs = inputs,
                Outputs = [free],
            }
        );
        return free;
    }

    /// <summary>The length of an axis of a value, as the file counts axes.</summary>
    public TensorFlowLength Length(TensorFlowValue value, int axis)
    {
        var shape = ShapeOf(value);
        if (shape[axis].IsFixed)
        {
            return new(shape[axis].Length);
        }
        if (shape[axis] == Dimension.Batch && BatchInput() is { } input)
        {
            return new(0, shape[axis], input);
        }
        var computed = (TensorFlowValue.Computed)value;
        return new(
            0,
            shape[axis],
            computed.Name,
            computed.IsChannelsFirst ? AxisInChannelsFirst(axis, shape.Rank) : axis
        );
    }

    // Every batch is as long as that of an input, which needs no computing.
    private string? BatchInput() =>
        Inputs.FirstOrDefault(input =>
            assembler.TypeOf(input)!.Value.Shape is { IsKnown: true, Rank: > 0 } shape && shape[0] == Dimension.Batch
        );

    private Shape ShapeOf(TensorFlowValue.Computed computed)
    {
        var shape = assembler.TypeOf(computed.Name)!.Value.Shape;
        return computed.IsChannelsFirst ? new([.. ToChannelsLast(shape.Rank).Select(i => shape[i])]) : shape;
    }

    // Parts of a weight that several steps take alike are one parameter: training must not change them apart.
    private TensorFlowValue.Constant First(TensorFlowValue.Constant constant)
    {
        var key = (constant.Name, constant.Value.Shape);
        if (!_first.TryGetValue(key, out var known))
        {
            _first.Add(key, known = []);
        }
        var first = known.Find(other =>
            other == constant
            || (
                other.Value.Type == constant.Value.Type
                && other.Value.Bytes.Span.SequenceEqual(constant.Value.Bytes.Span)
            )
        );
        if (first is null)
        {
            known.Add(first = constant);
        }
        return first;
    }

    private string Turned(string name, bool isBack)
    {
        var (known, reverse) = isBack ? (_channelsLast, _channelsFirst) : (_channelsFirst, _channelsLast);
        if (!known.TryGetValue(name, out var turned))
        {
            var rank = assembler.TypeOf(name)!.Value.Shape.Rank;
            var order = isBack ? ToChannelsLast(rank) : ToChannelsFirst(rank);
            turned = Emit(
                "Transpose",
                $"{name}.{(isBack ? "channels_last" : "channels_first")}",
                [name],
                ("perm", (long[])[.. order.Select(i => (long)i)])
            );
            known.Add(name, turned);
            reverse.TryAdd(turned, name);
        }
        return turned;
    }

    private string Add(string stem, TensorValue value, bool isTrained, bool isLayer)
    {
        var isParameter =
            value.Type is ElementType.Float32 or ElementType.Float16 or ElementType.BFloat16
            && value.Shape.Rank > 0
            && value.Shape.ElementCount() is var count
            && (count > 1 || (count == 1 && isLayer));
        if (!isParameter)
        {
            return Constant(stem, value);
        }
        var name = Free(stem);
        assembler.AddParameter(
            new()
            {
                Name = name,
                Shape = value.Shape,
                Initializer = Initializer.Zeros,
                Trainable = isTrained,
            }
        );
        if (value.Type == ElementType.Float32)
        {
            _weights.Add(name, value);
            return name;
        }
        // Weights are kept as float32, which holds the halves exactly; they are computed with as the model says.
        _weights.Add(name, Float32Conversion.Of(value));
        Notes = Notes.IsEmpty ? [$"Weights of {value.Type} are kept as Float32."] : Notes;
        return Emit("Cast", $"{name}.{value.Type}", [name], ("to", value.Type.ToString()));
    }

    private string OfLengths(TensorFlowValue.Lengths lengths, ElementType type)
    {
        var parts = ImmutableArray.CreateBuilder<string>();
        foreach (var element in lengths.Elements)
        {
            if (element.Symbol is null)
            {
                parts.Add(Numbers("number", element.Number));
                continue;
            }
            parts.Add(
                Emit(
                    "Shape",
                    $"{element.Value}.length",
                    [element.Value],
                    ("start", (long)element.Axis),
                    ("end", element.Axis + 1L)
                )
            );
        }
        var name = parts.Count == 1 ? parts[0] : Emit("Concat", "lengths", parts.ToImmutable(), ("axis", 0L));
        if (lengths.IsScalar)
        {
            name = Emit("Squeeze", $"{name}.scalar", [name], ("axes", (long[])[0]));
        }
        return type == ElementType.Int64 ? name : Emit("Cast", $"{name}.{type}", [name], ("to", type.ToString()));
    }

    private string Free(string stem)
    {
        var name = OnnxNames.Of(stem, "value");
        return assembler.FreeName(reserved.Contains(name) ? $"{name}.value" : name);
    }

    private static TensorFlowRefusedException Cannot(TensorFlowValue value) =>
        new(
            value switch
            {
                TensorFlowValue.Uniform => "it reads random numbers, and the model would not be deterministic",
                TensorFlowValue.Handle => "it reads the handle of a variable",
                TensorFlowValue.List => "it reads a list of tensors as if it were one",
                _ => "it reads what is not computed",
            }
        );
}
