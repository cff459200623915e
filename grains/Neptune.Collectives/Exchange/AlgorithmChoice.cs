namespace Neptune.Collectives;

/// <summary>
/// Which algorithm is faster for a vector, from what was measured between the slowest ranks: the time of a small exchange,
/// and that of a large one, each with both algorithms. Pure, and equal on all ranks where the measurements are.
/// </summary>
/// <param name="SmallDirect">Seconds of a small direct exchange.</param>
/// <param name="SmallSliced">Seconds of a small sliced exchange.</param>
/// <param name="LargeDirect">Seconds of a direct exchange of <paramref name="LargeBytes"/>.</param>
/// <param name="LargeSliced">Seconds of a sliced exchange of <paramref name="LargeBytes"/>.</param>
/// <param name="LargeBytes">Bytes of the large exchange's vector.</param>
internal sealed record AlgorithmChoice(
    float SmallDirect,
    float SmallSliced,
    float LargeDirect,
    float LargeSliced,
    int LargeBytes
)
{
    /// <summary>True where slicing is faster.</summary>
    /// <param name="length">Values of the vector.</param>
    /// <param name="layout">Who brings what; the measurements were made with one partial sum of each rank.</param>
    public bool IsSliced(int length, ExchangeLayout layout)
    {
        var bytes = (double)length * sizeof(float);
        var ranks = layout.WorldSize;
        var (direct, sliced) = (0.0, 0.0);
        for (var rank = 0; rank < ranks; rank++)
        {
            var own = layout.NodesOf(rank).Count;
            var others = layout.Nodes.Length - own;
            direct = Math.Max(direct, Math.Max(own * (ranks - 1.0), others));
            sliced = Math.Max(sliced, (Math.Max(own * (ranks - 1.0), others) + ranks - 1) / ranks);
        }
        // Relative to what was measured, where each rank brings one partial sum.
        direct /= ranks - 1;
        sliced /= 2.0 * (ranks - 1) / ranks;
        return Seconds(SmallSliced, LargeSliced, sliced) < Seconds(SmallDirect, LargeDirect, direct);

        double Seconds(double small, double large, double work) =>
            small + (Math.Max(0, large - small) / LargeBytes * bytes * work);
    }
}
