using System.Collections.Immutable;

namespace Neptune.Formats;

/// <summary>Replaces nodes whose operator the model defines itself by what it is defined by.</summary>
internal static class OnnxFunctions
{
    // Functions may call functions; a model must not make endless or huge graphs of a few bytes.
    private const int DeepestCall = 16;
    private const int MostNodes = 1_000_000;

    /// <summary>The graph's nodes, in order, without such calls.</summary>
    /// <exception cref="ModelFileException">Functions call each other without end.</exception>
    public static IEnumerable<OnnxNode> Inlined(OnnxModel model)
    {
        if (model.Functions.IsEmpty)
        {
            return model.Graph.Nodes;
        }
        var nodes = new List<OnnxNode>();
        foreach (var node in model.Graph.Nodes)
        {
            Add(model, node, nodes, depth: 0);
        }
        return nodes;
    }

    private static void Add(OnnxModel model, OnnxNode node, List<OnnxNode> nodes, int depth)
    {
        var function = model.Functions.FirstOrDefault(f => f.Name == node.OpType && f.Domain == node.Domain);
        if (function is null)
        {
            nodes.Add(node);
        }
        if (depth > DeepestCall || nodes.Count > MostNodes)
        {
            throw new ModelFileException(
                $"{model.File}: function {node.Domain}.{node.OpType} calls itself, or makes too many nodes. The file is damaged."
            );
        }
        if (function is null)
        {
            return;
        }
        var prefix = $"{(node.Name.Length > 0 ? node.Name : node.Outputs[0])}.{nodes.Count}.";
        var names = new Dictionary<string, string>(StringComparer.Ordinal) { [""] = "" };
        Bind(function.Inputs, node.Inputs, names);
        Bind(function.Outputs, node.Outputs, names);
        foreach (var inner in function.Nodes)
        {
            var call = inner with
            {
                Name = prefix + inner.Name,
                Inputs = [.. inner.Inputs.Select(Named)],
                Outputs = [.. inner.Outputs.Select(Named)],
                Attributes = [.. inner.Attributes.Select(Given).OfType<OnnxAttribute>()],
            };
            Add(model, call, nodes, depth + 1);
        }

        string Named(string name)
        {
            if (!names.TryGetValue(name, out var renamed))
            {
                names.Add(name, renamed = prefix + name);
            }
            return renamed;
        }

        OnnxAttribute? Given(OnnxAttribute attribute) =>
            attribute.RefAttributeName.Length == 0 ? attribute
            : (
                node.Attribute(attribute.RefAttributeName)
                ?? function.Defaults.FirstOrDefault(d => d.Name == attribute.RefAttributeName)
            )
                is { } given
                ? given with
                {
                    Name = attribute.Name,
                }
            : null;
    }

    private static void Bind(
        ImmutableArray<string> formal,
        ImmutableArray<string> actual,
        Dictionary<string, string> names
    )
    {
        for (var i = 0; i < formal.Length; i++)
        {
            names[formal[i]] = i < actual.Length ? actual[i] : "";
        }
    }
}
