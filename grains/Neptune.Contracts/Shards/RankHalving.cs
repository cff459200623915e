namespace Neptune.Contracts;

/// <summary>How the tree of ShardGrains divides its ranks: the first half, rounded up, and the rest.</summary>
public static class RankHalving
{
    /// <summary>The two parts of <paramref name="count"/> &gt; 1 ranks that begin at <paramref name="first"/>.</summary>
    public static ((int First, int Count) Left, (int First, int Count) Right) Split(int first, int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 2);
        var left = (count + 1) / 2;
        return ((first, left), (first + left, count - left));
    }
}
