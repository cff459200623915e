using System.Collections.Immutable;

namespace Neptune.Formats;

/// <summary>A SignatureDef: what callers give and get.</summary>
/// <param name="Name">Its name, such as <c>serving_default</c>.</param>
/// <param name="Inputs">The graph's tensors by the names that callers use, in the order of those.</param>
/// <param name="Outputs">The same of what comes out.</param>
internal sealed record TensorFlowSignature(
    string Name,
    ImmutableSortedDictionary<string, TensorFlowTensorInfo> Inputs,
    ImmutableSortedDictionary<string, TensorFlowTensorInfo> Outputs
);
