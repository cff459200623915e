using System.Collections.Immutable;

namespace Neptune.Worker;

/// <summary>The pieces of a part of a state, which are on the disk.</summary>
internal sealed record WrittenPart
{
    /// <summary>Which part.</summary>
    public required StatePart Part { get; init; }

    /// <summary>
    /// Of each vector of the state the whole length and, in order, the part's pieces: names and XxHash3 values.
    /// </summary>
    public required ImmutableArray<(
        int Length,
        ImmutableArray<(string Name, ulong Digest)> Pieces
    )> Vectors { get; init; }

    /// <summary>The pieces that were written, as the manifest before did not have them.</summary>
    public required int PiecesWritten { get; init; }

    /// <summary>Those that were not in the store before: they go if the checkpoint comes to nothing.</summary>
    public required ImmutableArray<string> Fresh { get; init; }
}
