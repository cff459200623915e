using static TorchSharp.torch;

namespace Neptune.Formats.Tests;

/// <summary>A small graph, and the same computation by TorchSharp.</summary>
/// <param name="Name">What it shows.</param>
/// <param name="Input">The shape of the input called x.</param>
/// <param name="Write">Writes the nodes between x and y.</param>
/// <param name="Expected">What y must be.</param>
internal sealed record TensorFlowCase(
    string Name,
    long[] Input,
    Action<TensorFlowGraphWriter> Write,
    Func<Tensor, Tensor> Expected
)
{
    /// <summary>How often an operation of that type may stand in the imported graph; null for any number.</summary>
    public (string Type, int Count)? Operations { get; init; }

    /// <inheritdoc/>
    public override string ToString() => Name;
}
