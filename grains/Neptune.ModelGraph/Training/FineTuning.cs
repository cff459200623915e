using System.Collections.Immutable;
using System.IO.Enumeration;

namespace Neptune.ModelGraph;

/// <summary>Makes a training graph of a graph that has weights: to train it on, wholly or in part.</summary>
public static class FineTuning
{
    /// <summary>Prepares a graph.</summary>
    /// <param name="graph">What is trained; one input and one output.</param>
    /// <param name="weights">All its parameters.</param>
    /// <param name="sample">The shape of the data's samples; images are (height, width, channels).</param>
    /// <param name="settings">What is changed.</param>
    /// <exception cref="GraphException">It cannot be trained so; the message says why and what would.</exception>
    public static FineTunedModel Prepare(
        Graph graph,
        ImmutableSortedDictionary<string, TensorValue> weights,
        Shape sample,
        FineTuneSettings settings
    )
    {
        if (graph.Inputs.Length != 1 || graph.Outputs.Length != 1)
        {
            throw new GraphException(
                $"Graph {graph.Name} has {graph.Inputs.Length} inputs and {graph.Outputs.Length} outputs. One of each is trained."
            );
        }
        TrainingGraphValidation.CheckOperations(graph);
        var changed = settings.ResetHead is { } classes
            ? ModelHead.Reset(graph, weights, classes, settings.Seed)
            : (graph, weights);
        var adapted = InputNormalization.Scale(InputAdapter.Adapt(changed.Item1, sample), settings.InputFactor);
        var frozen = Freeze(adapted, settings.Freeze);
        if (!frozen.Parameters.Any(p => p.Trainable))
        {
            throw new GraphException(
                $"No parameter of {graph.Name} is left to train. It has {Names(graph.Parameters)}. Freeze fewer."
            );
        }
        var isSoft = FinalOperation.Of(frozen)?.Type is "Softmax" or "LogSoftmax";
        var loss =
            settings.Loss
            ?? (
                settings.HasClasses
                    ? new Loss.SparseCategoricalCrossentropy(FromLogits: !isSoft)
                    : new Loss.MeanSquaredError()
            );
        var training = new TrainingGraph
        {
            Graph = frozen,
            Loss = loss,
            Optimizer = settings.Optimizer,
            Metrics = settings.Metrics ?? (loss.IsOfNumbers() ? [] : [new Metric.Accuracy()]),
            Updates = settings.Updates.RemoveRange(
                settings.Updates.Keys.Except(frozen.Parameters.Select(p => p.Name)).ToArray()
            ),
        };
        TrainingGraphValidation.Check(training);
        return new(training, changed.Item2);
    }

    private static Graph Freeze(Graph graph, ImmutableArray<string> patterns)
    {
        foreach (var pattern in patterns)
        {
            if (!graph.Parameters.Any(p => Matches(pattern, p)))
            {
                throw new GraphException(
                    $"Nothing of {graph.Name} is called {pattern}, which is to be frozen. It has {Names(graph.Parameters)}."
                );
            }
        }
        return graph with
        {
            Parameters =
            [
                .. graph.Parameters.Select(p =>
                    patterns.Any(pattern => Matches(pattern, p)) ? p with { Trainable = false } : p
                ),
            ],
        };
    }

    private static bool Matches(string pattern, Parameter parameter) =>
        FileSystemName.MatchesSimpleExpression(pattern, parameter.Name, ignoreCase: false);

    private static string Names(ImmutableArray<Parameter> parameters) =>
        string.Join(", ", parameters.Take(20).Select(p => p.Name)) + (parameters.Length > 20 ? ", ..." : "");
}
