using System.Collections.Immutable;

namespace Neptune.Formats;

/// <summary>A layer in its place: what it reads and makes are numbers of values, each of which is made once.</summary>
/// <param name="Layer">The layer.</param>
/// <param name="Inputs">The values that it reads.</param>
/// <param name="Outputs">The values that it makes; a blob that a layer changes in place is another value from there on.</param>
internal sealed record CaffeStep(CaffeLayer Layer, ImmutableArray<int> Inputs, ImmutableArray<int> Outputs);
