namespace Neptune.Worker;

/// <summary>
/// A part of a state: of each vector the whole pieces from Index/Count to (Index + 1)/Count, so that the parts of all
/// ranks make one checkpoint.
/// </summary>
/// <param name="Index">Which part, from 0.</param>
/// <param name="Count">How many parts there are.</param>
internal readonly record struct StatePart(int Index, int Count)
{
    /// <summary>All of it.</summary>
    public static StatePart Whole { get; } = new(0, 1);

    /// <summary>The elements [Start, End) of a vector that belong to the part.</summary>
    public (int Start, int End) Of(int length) => (StartOf(Index, length), StartOf(Index + 1, length));

    private int StartOf(int index, int length) =>
        (int)Math.Min(length, StatePieces.CountOf(length) * index / Count * StatePieces.Floats);
}
