namespace Neptune.Benchmarks;

/// <summary>What is said of many measurements.</summary>
internal static class Statistics
{
    /// <summary>The value in the middle; the mean of the two where there are two.</summary>
    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
