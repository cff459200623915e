using System.Collections.Immutable;
using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>Puts the weights of a file of Keras onto the parameters of a graph, by the names of layers and variables.</summary>
internal static class KerasOnto
{
    /// <summary>The weights of a whole model, without what the file says is computed with them.</summary>
    public static ImportedModel Import(KerasFile file, ImportOptions options)
    {
        var variables = KerasLeaf
            .Of(file.Root, "")
            .SelectMany(leaf =>
                file.Tensors.Of(leaf.Path)
                    .Select(
                        (tensor, i) =>
                            new KerasStoredVariable(leaf.Path.Replace('/', '.'), leaf.Variables[i].Name, i, tensor)
                    )
            );
        return Import(file.Name, file.Source, [.. variables], options);
    }

    /// <summary>Maps variables onto the graph of the options.</summary>
    /// <exception cref="ModelFileException">They do not fit; all that do not are listed.</exception>
    public static ImportedModel Import(
        string file,
        string source,
        ImmutableArray<KerasStoredVariable> variables,
        ImportOptions options
    )
    {
        var graph =
            options.Onto
            ?? throw new ModelFileException(
                $"{file} holds weights, and not what is computed with them. Give the graph that they belong to."
            );
        var images = KerasFeatureOrder.Of(file, graph);
        var left = variables.ToList();
        var weights = ImmutableSortedDictionary.CreateBuilder<string, TensorValue>(StringComparer.Ordinal);
        var (missing, misfits) = (new List<string>(), new List<string>());
        foreach (var parameter in graph.Parameters)
        {
            var slot = KerasSlot.Of(graph, parameter);
            if (left.Find(slot.Takes) is not { } stored)
            {
                missing.Add(parameter.Name);
                continue;
            }
            left.Remove(stored);
            if (slot.Fit(stored.Tensor, images.GetValueOrDefault(parameter.Name)) is { } value)
            {
                weights[parameter.Name] = value;
            }
            else
            {
                misfits.Add(
                    $"{parameter.Name} (in the file {stored.Label} {stored.Tensor.Type} {stored.Tensor.Shape}, in the graph "
                        + $"{parameter.Type} {parameter.Shape})"
                );
            }
        }
        Require(file, graph, missing, [.. left.Select(v => v.Label)], misfits);
        return new()
        {
            Graph = options.Name is { } name ? graph with { Name = name } : graph,
            Weights = weights.ToImmutable(),
            Source = $"{source} (weights)",
        };
    }

    private static void Require(
        string file,
        Graph graph,
        List<string> missing,
        List<string> unexpected,
        List<string> misfits
    )
    {
        (string What, List<string> Names)[] parts =
        [
            ("Missing in the file", missing),
            ("In the file, and not in the graph", unexpected),
            ("Of another shape or type", misfits),
        ];
        var wrong = parts.Where(p => p.Names.Count > 0).Select(p => $"{p.What}: {NameList.Of(p.Names)}.").ToArray();
        if (wrong.Length > 0)
        {
            throw new ModelFileException(
                $"{file} does not fit graph {graph.Name}. {string.Join(" ", wrong)} Give the layers the names that they have in "
                    + "Keras."
            );
        }
    }
}
