using System.Collections.Immutable;

namespace Neptune.Formats;

/// <summary>A TensorShapeProto.</summary>
/// <param name="Lengths">The lengths, -1 for one that is not known; null where not even their number is.</param>
internal sealed record TensorFlowShape(ImmutableArray<long>? Lengths);
