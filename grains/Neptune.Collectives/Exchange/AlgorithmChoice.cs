namespace Neptune.Collectives;

/// <summary>
/// Which algorithm is faster for a vector, from what was measured between the slowest ranks. A direct exchange is one trip
/// and its bytes, a sliced one two trips and its bytes. Pure, and equal on all ranks where the measurements are.
/// </summary>
/// <param name="Trip">Seconds of a small direct exchange.</param>
/// <param name="LargeDirect">Seconds of a direct exchange of <paramref name="LargeBytes"/>.</param>
/// <param name="LargeSliced">Seconds of a sliced exchange of <paramref name="LargeBytes"/>.</param>
/// <param name="LargeBytes">Bytes of the large exchange's vector.</param>
internal sealed record AlgorithmChoice(float Trip, float LargeDirect, float LargeSliced, int LargeBytes)
{
    /// <summary>True where slicing is faster.</summary>
    /// <param name="length">Values of the vector.</param>
    /// <param name="layout">Who brings what; the measurements were made with one partial sum of each rank.</param>
    public bool IsSliced(int length, ExchangeLayout layout)
    {
        var bytes = (double)length * sizeof(float);
        var ranks = layout.WorldSize;
        var most = 0.0; // vectors that the busiest rank sends or receives in a direct exchange
        for (var rank = 0; rank < ranks; rank++)
        {
            var own = layout.NodesOf(rank).Count;
            most = Math.Max(most, Math.Max(own * (ranks - 1.0), layout.Nodes.Length - own));
        }
        // Relative to what was measured; a sliced exchange sends one vector's slices more, the sums.
        var direct = most / (ranks - 1);
        var sliced = (most + ranks - 1) / (2.0 * (ranks - 1));
        return Seconds(2 * Trip, LargeSliced, sliced) < Seconds(Trip, LargeDirect, direct);

        double Seconds(double trips, double large, double work) =>
            trips + (Math.Max(0, large - trips) / LargeBytes * bytes * work);
    }
}
