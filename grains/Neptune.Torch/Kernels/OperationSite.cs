using Neptune.ModelGraph;

namespace Neptune.Torch;

/// <summary>An operation where it stands: what a kernel may know before the first run.</summary>
internal sealed class OperationSite(
    Operation operation,
    Func<string, Parameter?> parameterOf,
    TorchDevice device,
    IReadOnlyDictionary<string, TensorType>? types = null
)
{
    public Operation Operation { get; } = operation;

    public TorchDevice Device { get; } = device;

    /// <summary>True where the input is given.</summary>
    public bool Has(int input) => input < Operation.Inputs.Length && Operation.Inputs[input].Length > 0;

    /// <summary>The parameter that an input is; null for computed values and inputs left out.</summary>
    public Parameter? ParameterAt(int input) => Has(input) ? parameterOf(Operation.Inputs[input]) : null;

    /// <summary>The element type of an input, known before the first run.</summary>
    public ElementType TypeAt(int input) => TypeOf(Operation.Inputs[input]);

    /// <summary>The shape of an input, as far as it is known before the first run.</summary>
    public Shape ShapeAt(int input) =>
        types is not null && types.TryGetValue(Operation.Inputs[input], out var type) ? type.Shape : Shape.Unknown;

    /// <summary>The element type of an output, known before the first run.</summary>
    public ElementType OutputType(int output = 0) => TypeOf(Operation.Outputs[output]);

    public void RequireInputs(int least, int most)
    {
        var given = Operation.Inputs.Length;
        if (given < least || given > most || !Enumerable.Range(0, least).All(Has))
        {
            throw Error($"has {given} inputs, and takes {(least == most ? $"{least}" : $"{least} to {most}")}");
        }
    }

    public GraphException Error(string problem) => new($"Operation {Operation.Name} ({Operation.Type}): {problem}.");

    private ElementType TypeOf(string value) =>
        types is not null && types.TryGetValue(value, out var type) ? type.Type : ElementType.Float32;
}
