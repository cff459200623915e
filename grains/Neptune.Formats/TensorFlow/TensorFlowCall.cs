using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>A step as an operator's translation sees it: its settings, and what is known of what it reads.</summary>
internal sealed class TensorFlowCall(
    TensorFlowStep step,
    ImmutableArray<TensorFlowValue> inputs,
    TensorFlowEmitter emitter,
    TensorFlowVariables? variables,
    bool isBatchFreed,
    string? name = null
)
{
    /// <summary>The node's name; in a loop with the number of the round.</summary>
    public string Name => name ?? step.Name;

    /// <summary>The operator.</summary>
    public string Op => step.Op;

    /// <summary>Adds operations to the graph.</summary>
    public TensorFlowEmitter Emitter => emitter;

    /// <summary>The values of variables; null where there are none.</summary>
    public TensorFlowVariables? Variables => variables;

    /// <summary>True where a first dimension of 1 was made a batch of any size.</summary>
    public bool IsBatchFreed => isBatchFreed;

    /// <summary>What the step reads.</summary>
    public ImmutableArray<TensorFlowValue> Inputs => inputs;

    /// <summary>An input.</summary>
    /// <exception cref="GraphException">There is none.</exception>
    public TensorFlowValue this[int input] =>
        input < inputs.Length
            ? inputs[input]
            : throw new GraphException($"it has {inputs.Length} inputs, and needs {input + 1}. The file is damaged.");

    /// <summary>The same step with other inputs.</summary>
    public TensorFlowCall WithInputs(ImmutableArray<TensorFlowValue> others) =>
        new(step, others, emitter, variables, isBatchFreed, name);

    /// <summary>Another step of the same name.</summary>
    public TensorFlowCall As(
        string op,
        ImmutableArray<TensorFlowValue> others,
        params ReadOnlySpan<(string Name, TensorFlowAttribute Value)> settings
    )
    {
        var attributes = ImmutableDictionary<string, TensorFlowAttribute>.Empty;
        foreach (var (key, value) in settings)
        {
            attributes = attributes.Add(key, value);
        }
        return new(new(step.Name, op, attributes), others, emitter, variables, isBatchFreed, name);
    }

    /// <summary>The same step with other inputs, and some other settings.</summary>
    public TensorFlowCall With(
        IReadOnlyDictionary<string, TensorFlowAttribute> settings,
        ImmutableArray<TensorFlowValue> others
    ) =>
        new(
            new(step.Name, step.Op, step.Attributes.SetItems(settings)),
            others,
            emitter,
            variables,
            isBatchFreed,
            name
        );

    /// <summary>A setting that is a text.</summary>
    public string Text(string name, string otherwise) => step.Attributes.GetValueOrDefault(name)?.Text ?? otherwise;

    /// <summary>A setting that is a whole number.</summary>
    public long Int(string name, long otherwise) => step.Attributes.GetValueOrDefault(name)?.Int ?? otherwise;

    /// <summary>A setting that is a real number.</summary>
    public float Float(string name, float otherwise) => step.Attributes.GetValueOrDefault(name)?.Float ?? otherwise;

    /// <summary>A setting that is a truth value.</summary>
    public bool Flag(string name, bool otherwise = false) => step.Attributes.GetValueOrDefault(name)?.Bool ?? otherwise;

    /// <summary>A setting that is a list of whole numbers.</summary>
    public ImmutableArray<long> Ints(string name) => step.Attributes.GetValueOrDefault(name)?.Ints ?? [];

    /// <summary>A setting that is a list of texts.</summary>
    public ImmutableArray<string> Texts(string name) => step.Attributes.GetValueOrDefault(name)?.Texts ?? [];

    /// <summary>A setting that is a tensor.</summary>
    public TensorFlowTensor? Tensor(string name) => step.Attributes.GetValueOrDefault(name)?.Tensor;

    /// <summary>A setting that is a shape; null where there is none.</summary>
    public TensorFlowShape? ShapeSetting(string name) => step.Attributes.GetValueOrDefault(name)?.Shape;

    /// <summary>A setting that is the number of an element type, computed with or not.</summary>
    public int DataType(string name, int otherwise) => step.Attributes.GetValueOrDefault(name)?.Type ?? otherwise;

    /// <summary>A setting that is an element type.</summary>
    /// <exception cref="TensorFlowRefusedException">Neptune lacks it.</exception>
    public ElementType Type(string name, int otherwise)
    {
        var type = step.Attributes.GetValueOrDefault(name)?.Type ?? otherwise;
        return TensorFlowDataType.Computed(type)
            ?? throw new TensorFlowRefusedException(
                $"elements of {TensorFlowDataType.Name(type)} are not computed with"
            );
    }

    /// <summary>The shape of an input as the file has it; its number of dimensions is known.</summary>
    /// <exception cref="TensorFlowRefusedException">It is not known before the graph runs.</exception>
    public Shape ShapeOf(int input) =>
        emitter.ShapeOf(this[input]) is { IsKnown: true } shape
            ? shape
            : throw new TensorFlowRefusedException(
                $"how many dimensions input {input} has is known only when the graph runs"
            );

    /// <summary>What an element of an input is.</summary>
    public ElementType TypeOf(int input) => emitter.TypeOf(this[input]);

    /// <summary>True where an input lies with channels first in Neptune's graph.</summary>
    public bool IsChannelsFirst(int input) => this[input] is TensorFlowValue.Computed { IsChannelsFirst: true };

    /// <summary>The whole numbers of an input, where all are known.</summary>
    public ImmutableArray<long>? Numbers(int input) =>
        this[input] switch
        {
            TensorFlowValue.Constant { Value: var value } => NumbersOf(value),
            TensorFlowValue.Lengths lengths when lengths.Elements.All(e => e.Symbol is null) =>
            [
                .. lengths.Elements.Select(e => e.Number),
            ],
            _ => null,
        };

    /// <summary>The whole numbers of an input.</summary>
    /// <param name="input">Its number.</param>
    /// <param name="what">What it says.</param>
    /// <exception cref="TensorFlowRefusedException">They are known only when the graph runs.</exception>
    public ImmutableArray<long> KnownNumbers(int input, string what) =>
        Numbers(input)
        ?? throw new TensorFlowRefusedException($"its {what} (input {input}) are known only when the graph runs");

    /// <summary>An axis that an input says, counted from 0.</summary>
    /// <param name="input">The number of the input.</param>
    /// <param name="rank">How many axes there are.</param>
    public int Axis(int input, int rank) =>
        KnownNumbers(input, "axis") is [var axis] ? Axis(axis, rank) : throw new GraphException("it needs one axis.");

    /// <summary>An axis counted from 0.</summary>
    /// <exception cref="GraphException">There is no such axis.</exception>
    public static int Axis(long axis, int rank) =>
        axis >= -rank && axis < rank
            ? (int)(axis < 0 ? axis + rank : axis)
            : throw new GraphException($"its axis is {axis}, and there are {rank}.");

    /// <summary>The one real number of an input; null where it has more, or they are not known.</summary>
    public double? Number(int input) =>
        this[input] is TensorFlowValue.Constant { Value: var value } && value.Shape.ElementCount() == 1
            ? TensorFlowNumbers.Of(value).At(0)
            : null;

    /// <summary>Adds an operation under the step's name.</summary>
    public string Emit(
        string type,
        ImmutableArray<string> inputs,
        params ReadOnlySpan<(string Name, AttributeValue Value)> attributes
    ) => emitter.Emit(type, Name, inputs, attributes);

    /// <summary>An error of a form that is not known.</summary>
    public static TensorFlowRefusedException Refuse(string reason) => new(reason);

    private static ImmutableArray<long>? NumbersOf(TensorValue value) =>
        value.Type switch
        {
            ElementType.Int32 => [.. MemoryMarshal.Cast<byte, int>(value.Bytes.Span).ToArray().Select(n => (long)n)],
            ElementType.Int64 => [.. MemoryMarshal.Cast<byte, long>(value.Bytes.Span)],
            _ => null,
        };
}
