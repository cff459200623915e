using System.Collections.Immutable;

namespace Neptune.Formats;

/// <summary>A call of a layer.</summary>
/// <param name="Inputs">What it is called on.</param>
/// <param name="Named">Tensors that are given by name, such as <c>initial_state</c>.</param>
/// <param name="Settings">What else is given by name.</param>
internal sealed record KerasCall(
    ImmutableArray<KerasReference> Inputs,
    ImmutableSortedDictionary<string, ImmutableArray<KerasReference>> Named,
    KerasConfig Settings
);
