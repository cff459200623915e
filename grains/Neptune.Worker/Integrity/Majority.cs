namespace Neptune.Worker;

/// <summary>Who is right where ranks must agree: most of them.</summary>
internal static class Majority
{
    /// <summary>What more than half of the ranks say; null where there is no such thing.</summary>
    public static string? Of(IReadOnlyList<string> said)
    {
        var most = said.GroupBy(s => s).MaxBy(group => group.Count())!;
        return most.Count() * 2 > said.Count ? most.Key : null;
    }

    /// <summary>The ranks that say another thing than most; null where no thing has a majority.</summary>
    public static IReadOnlyList<int>? OddOnes(IReadOnlyList<string> said) =>
        Of(said) is { } most ? [.. said.Index().Where(s => s.Item != most).Select(s => s.Index)] : null;
}
