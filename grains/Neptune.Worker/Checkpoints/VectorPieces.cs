using System.Collections.Immutable;

namespace Neptune.Worker;

/// <summary>A vector of the state, in files.</summary>
/// <param name="Length">Its values.</param>
/// <param name="Pieces">The files' names in order.</param>
internal sealed record VectorPieces(int Length, ImmutableArray<string> Pieces);
