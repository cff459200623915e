namespace Neptune.ModelGraph;

/// <summary>Names for what is added to a graph.</summary>
/// <param name="graph">Whose names are taken.</param>
internal sealed class FreeNames(Graph graph)
{
    private readonly HashSet<string> _taken = graph
        .Operations.SelectMany(o => o.Outputs.Append(o.Name))
        .Concat(graph.Parameters.Select(p => p.Name))
        .Concat(graph.Inputs.Select(i => i.Name))
        .ToHashSet(StringComparer.Ordinal);

    /// <summary>The name itself where it is free, else with a number behind it; taken from now on.</summary>
    public string Take(string stem)
    {
        var name = stem;
        for (var i = 1; !_taken.Add(name); i++)
        {
            name = $"{stem}_{i}";
        }
        return name;
    }
}
