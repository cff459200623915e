using System.Collections.Immutable;

namespace Neptune.ModelGraph;

/// <summary>
/// A neutral model: ONNX-like operations over named values, in an order in which each reads only what came before.
/// It says what is computed; weights travel beside it, by the names of its parameters.
/// </summary>
public sealed record Graph
{
    /// <summary>A name for people.</summary>
    public required string Name { get; init; }

    /// <summary>What a caller gives, batch dimension first.</summary>
    public required ImmutableArray<ValueSignature> Inputs { get; init; }

    /// <summary>What a caller gets, batch dimension first.</summary>
    public required ImmutableArray<ValueSignature> Outputs { get; init; }

    /// <summary>The operations in topological order.</summary>
    public required ImmutableArray<Operation> Operations { get; init; }

    /// <summary>Weights and buffers. Their order is the order of the flat weight buffer.</summary>
    public required ImmutableArray<Parameter> Parameters { get; init; }

    /// <summary>The number of elements that the optimizer changes.</summary>
    public long TrainableElementCount => Parameters.Where(p => p.Trainable).Sum(p => p.Shape.ElementCount());
}
