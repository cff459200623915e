namespace Neptune.Formats;

/// <summary>Lists what cannot be translated, each reason once, with the nodes that it is about.</summary>
internal static class TensorFlowProblems
{
    private const int MostNamed = 10;

    /// <summary>The error that lists all that outputs depend on; null where they depend on none.</summary>
    public static UnsupportedOperatorsException? Of(string file, IEnumerable<TensorFlowValue> outputs)
    {
        var seen = new HashSet<TensorFlowValue>();
        var todo = new Stack<TensorFlowValue.Refused>(outputs.OfType<TensorFlowValue.Refused>());
        var problems = new SortedDictionary<(string Op, string Reason), SortedSet<string>>();
        while (todo.TryPop(out var refused))
        {
            if (!seen.Add(refused))
            {
                continue;
            }
            if (refused.Problem is { } problem)
            {
                if (!problems.TryGetValue((problem.Op, problem.Reason), out var nodes))
                {
                    problems.Add((problem.Op, problem.Reason), nodes = new(StringComparer.Ordinal));
                }
                nodes.Add(problem.Node);
            }
            foreach (var cause in refused.Causes)
            {
                todo.Push(cause);
            }
        }
        return problems.Count > 0 ? new(file, [.. problems.Select(p => Line(p.Key.Op, p.Key.Reason, p.Value))]) : null;
    }

    private static string Line(string op, string reason, SortedSet<string> nodes) =>
        $"{op} (in {string.Join(", ", nodes.Take(MostNamed))}"
        + (nodes.Count > MostNamed ? $" and {nodes.Count - MostNamed} more" : "")
        + $"): {reason}";
}
