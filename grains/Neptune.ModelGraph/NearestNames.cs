namespace Neptune.ModelGraph;

/// <summary>Finds what a misspelt name may have meant.</summary>
public static class NearestNames
{
    private const int MaximumCompared = 200;
    private const int MaximumCandidates = 5_000;

    /// <summary>
    /// A sentence that offers the nearest valid names, such as "Did you mean adam? Valid are: adam, adamw, sgd.".
    /// </summary>
    public static string Offer(string given, IEnumerable<string> valid)
    {
        var names = valid.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToArray();
        if (names.Length == 0)
        {
            return "There are none yet.";
        }
        // Names may come from a file that is not trusted: what is very long or very many is not compared.
        var near =
            given.Length > MaximumCompared
                ? []
                : names
                    .Where(name => name.Length <= MaximumCompared)
                    .Take(MaximumCandidates)
                    .Select(name => (name, distance: Distance(given.ToLowerInvariant(), name.ToLowerInvariant())))
                    .Where(n => n.distance <= Math.Max(2, given.Length / 3))
                    .OrderBy(n => n.distance)
                    .Take(3)
                    .Select(n => n.name)
                    .ToArray();
        var valids = $"Valid are: {string.Join(", ", names.Take(30))}{(names.Length > 30 ? ", ..." : "")}.";
        return near.Length == 0 ? valids : $"Did you mean {string.Join(" or ", near)}? {valids}";
    }

    /// <summary>The Levenshtein distance: insertions, deletions and substitutions of one character.</summary>
    public static int Distance(ReadOnlySpan<char> a, ReadOnlySpan<char> b)
    {
        var row = new int[b.Length + 1];
        for (var j = 0; j <= b.Length; j++)
        {
            row[j] = j;
        }
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var substituted = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(substituted, Math.Min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.Length];
    }
}
