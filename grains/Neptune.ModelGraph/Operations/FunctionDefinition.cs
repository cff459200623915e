using System.Collections.Immutable;

namespace Neptune.ModelGraph.Operations;

/// <summary>
/// An operator whose one output's element type and shape are functions of its inputs: a member of a family.
/// </summary>
/// <param name="type">The operator's name.</param>
/// <param name="inputs">
/// The inputs' names, with blanks between them; one with a question mark behind it may be left out, one with
/// three dots may
/// be given any number of times.
/// </param>
/// <param name="element">Finds the element type; shapes need not be known.</param>
/// <param name="shape">Finds the shape; all inputs have a known number of dimensions.</param>
/// <param name="attributes">The attributes that are known.</param>
internal sealed class FunctionDefinition(
    string type,
    string inputs,
    Func<OperationScope, ElementType> element,
    Func<OperationScope, Shape> shape,
    params ImmutableArray<AttributeDefinition> attributes
) : IOperationDefinition
{
    public string Type => type;

    public ImmutableArray<string> Inputs { get; } = [.. inputs.Split(' ').Select(name => name.TrimEnd('?', '.'))];

    public int RequiredInputs { get; } = inputs.Split(' ').Count(name => !name.EndsWith('?'));

    public bool IsVariadic { get; } = inputs.EndsWith("...", StringComparison.Ordinal);

    public ImmutableArray<AttributeDefinition> Attributes { get; } = attributes;

    /// <summary>Finds the elements, where they are known before the graph runs.</summary>
    public Func<OperationScope, KnownElements?>? Knows { get; init; }

    public TensorType Infer(OperationScope scope) => new(element(scope), shape(scope));

    public ImmutableArray<ElementType> TypesOf(OperationScope scope) => [element(scope)];

    public KnownElements? Know(OperationScope scope) => Knows?.Invoke(scope);
}
