using System.Collections.Immutable;

namespace Neptune.ModelGraph;

/// <summary>Makes inference graphs of training graphs.</summary>
public static class InferenceGraphs
{
    /// <summary>
    /// The graph without training-only operations, and with the sigmoid that the loss took upon itself. Nothing else is
    /// folded or renamed.
    /// </summary>
    /// <exception cref="GraphException">The graph is not valid.</exception>
    public static InferenceGraph From(TrainingGraph training)
    {
        var graph = WithoutTrainingOnly(training.Graph);
        if (training.Loss is Loss.BinaryCrossentropy { FromLogits: true })
        {
            graph = WithSigmoid(graph);
        }
        GraphValidation.Check(graph);
        return new() { Graph = graph, OutputIsLogits = GivesLogits(training) };
    }

    /// <summary>The same, with the package's scale and labels.</summary>
    /// <exception cref="GraphException">The graph is not valid.</exception>
    public static InferenceGraph From(TrainingPackage package) =>
        From(package.Graph) with
        {
            InputScale = package.InputScale,
            Labels = package.Labels,
        };

    /// <summary>
    /// <paramref name="graph"/> without operations that act in training alone: their readers read what they read. One that
    /// makes an output of the graph becomes an Identity, so that the output keeps its name.
    /// </summary>
    public static Graph WithoutTrainingOnly(Graph graph)
    {
        var outputs = graph.Outputs.Select(output => output.Name).ToHashSet(StringComparer.Ordinal);
        var standIns = new Dictionary<string, string>(StringComparer.Ordinal);
        var kept = ImmutableArray.CreateBuilder<Operation>(graph.Operations.Length);
        foreach (var operation in graph.Operations)
        {
            var rewired = operation with
            {
                Inputs = [.. operation.Inputs.Select(name => standIns.GetValueOrDefault(name, name))],
            };
            // The mask of a Dropout may be read: its own kernel makes it.
            if (
                !OperationRegistry.IsTrainingOnly(operation.Type)
                || operation.Outputs.Skip(1).Any(name => name.Length > 0)
            )
            {
                kept.Add(rewired);
            }
            else if (outputs.Contains(operation.Outputs[0]))
            {
                kept.Add(
                    rewired with
                    {
                        Type = "Identity",
                        Inputs = [rewired.Inputs[0]],
                        Attributes = rewired.Attributes.Clear(),
                    }
                );
            }
            else
            {
                standIns[operation.Outputs[0]] = rewired.Inputs[0];
            }
        }
        return graph with { Operations = kept.ToImmutable() };
    }

    private static Graph WithSigmoid(Graph graph)
    {
        var logits = graph.Outputs[0];
        var name = new FreeNames(graph).Take($"{logits.Name}.probability");
        return graph with
        {
            Outputs = [logits with { Name = name }],
            Operations =
            [
                .. graph.Operations,
                new()
                {
                    Name = name,
                    Type = "Sigmoid",
                    Inputs = [logits.Name],
                    Outputs = [name],
                },
            ],
        };
    }

    // Log-probabilities are logits too: their softmax is the probabilities.
    private static bool GivesLogits(TrainingGraph training)
    {
        var fromLogits = training.Loss switch
        {
            Loss.SparseCategoricalCrossentropy loss => loss.FromLogits,
            Loss.CategoricalCrossentropy loss => loss.FromLogits,
            _ => false,
        };
        var classifies = training.Loss.IsOfClasses();
        return fromLogits || (classifies && FinalOperation.Of(training.Graph)?.Type == "LogSoftmax");
    }
}
