namespace Neptune.Benchmarks;

/// <summary>
/// What an all-reduce costs by its size, measured at a few: between them by a straight line in logarithms, which the step from
/// vectors in the cache to those beyond it needs, and beyond the last by its bytes a second.
/// </summary>
/// <param name="Points">Bytes and seconds, in rising order.</param>
internal sealed record ExchangeCosts(IReadOnlyList<(double Bytes, double Seconds)> Points)
{
    /// <summary>Of the smallest size, in seconds.</summary>
    public double Latency => Points[0].Seconds;

    /// <summary>Bytes a second at the largest size.</summary>
    public double Bandwidth => Points[^1].Bytes / Points[^1].Seconds;

    /// <summary>The seconds of an all-reduce.</summary>
    public double SecondsOf(double bytes)
    {
        if (bytes <= Points[0].Bytes)
        {
            return Points[0].Seconds;
        }
        if (bytes >= Points[^1].Bytes)
        {
            return bytes / Bandwidth;
        }
        var next = Enumerable.Range(0, Points.Count).First(i => Points[i].Bytes >= bytes);
        var (low, high) = (Points[next - 1], Points[next]);
        var share = Math.Log(bytes / low.Bytes) / Math.Log(high.Bytes / low.Bytes);
        return low.Seconds * Math.Pow(high.Seconds / low.Seconds, share);
    }
}
