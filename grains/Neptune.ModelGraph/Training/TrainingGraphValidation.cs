namespace Neptune.ModelGraph;

/// <summary>Checks that a graph, its loss, optimizer and metrics go together.</summary>
public static class TrainingGraphValidation
{
    /// <summary>Throws unless <paramref name="training"/> can be trained.</summary>
    /// <exception cref="GraphException">The message names the setting or layer, and the remedy.</exception>
    public static void Check(TrainingGraph training)
    {
        GraphValidation.Check(training.Graph);
        OptimizerValidation.Check(training.Optimizer);
        CheckOperations(training.Graph);
        MetricValidation.Check(training.Metrics, training.Loss);
        if (training.Graph.Outputs.Length != 1)
        {
            throw new GraphException(
                $"The graph has {training.Graph.Outputs.Length} outputs, and training needs one: what the loss compares."
            );
        }
        if (!training.Graph.Parameters.Any(parameter => parameter.Trainable))
        {
            throw new GraphException("The graph has no trainable parameters. Add a layer with weights, such as Dense.");
        }
        CheckUpdates(training);
        switch (training.Loss)
        {
            case Loss.SparseCategoricalCrossentropy loss:
                CheckClassifier(training.Graph, nameof(Loss.SparseCategoricalCrossentropy), loss.FromLogits);
                break;
            case Loss.CategoricalCrossentropy loss:
                CheckClassifier(training.Graph, nameof(Loss.CategoricalCrossentropy), loss.FromLogits);
                break;
            case Loss.BinaryCrossentropy loss:
                CheckSigmoid(training.Graph, loss.FromLogits);
                break;
            case Loss.Huber { Delta: var delta } when !(delta > 0) || !float.IsFinite(delta):
                throw new GraphException($"Huber's delta is {delta}, and must be a finite number greater than 0.");
        }
    }

    /// <summary>Throws where an operation answers alone.</summary>
    internal static void CheckOperations(Graph graph)
    {
        if (graph.Operations.FirstOrDefault(o => OperationRegistry.IsInferenceOnly(o.Type)) is { } operation)
        {
            throw new GraphException(
                $"Operation {operation.Name} ({operation.Type}) is a model of another framework as a whole, which answers and cannot "
                    + "be trained. Train a model whose operators are known."
            );
        }
    }

    private static void CheckUpdates(TrainingGraph training)
    {
        foreach (var (name, update) in training.Updates)
        {
            if (!training.Graph.Parameters.Any(p => p.Name == name))
            {
                throw new GraphException(
                    $"Parameter {name} is to be trained unlike the others, and the graph has none of that name. "
                        + NearestNames.Offer(name, training.Graph.Parameters.Select(p => p.Name))
                );
            }
            OptimizerValidation.Check(update);
        }
    }

    private static void CheckSigmoid(Graph graph, bool fromLogits)
    {
        var last = FinalOperation.Of(graph);
        if (last?.Type is "Softmax" or "LogSoftmax")
        {
            throw new GraphException(
                $"The loss BinaryCrossentropy takes each output by itself, and the last operation, {Describe(last)}, "
                    + "is one of classes. Use CategoricalCrossentropy, or a Sigmoid."
            );
        }
        if (!fromLogits && last?.Type != "Sigmoid")
        {
            throw new GraphException(
                $"The loss BinaryCrossentropy takes probabilities, and the last operation, {Describe(last)}, gives none. "
                    + "Add Sigmoid to the last layer, or use BinaryCrossentropy(fromLogits: true)."
            );
        }
        if (fromLogits && last?.Type == "Sigmoid")
        {
            throw new GraphException(
                $"The loss BinaryCrossentropy(fromLogits: true) applies a sigmoid itself, and the last operation, "
                    + $"{Describe(last)}, is one. Leave out fromLogits, or the last layer's sigmoid."
            );
        }
    }

    private static void CheckClassifier(Graph graph, string loss, bool fromLogits)
    {
        var output = graph.Outputs[0];
        if (output.Shape.Rank != 2)
        {
            throw new GraphException(
                $"The loss {loss} needs one score per class, and the output has shape {output.Shape.WithoutFirst()}. "
                    + "Add Flatten() and Dense(classes, Softmax)."
            );
        }
        if (output.Shape[1] is { IsFixed: true, Length: < 2 })
        {
            throw new GraphException(
                $"The loss {loss} needs at least 2 classes, and the output has {output.Shape[1]}. Give the last layer one "
                    + "unit per class."
            );
        }
        var last = FinalOperation.Of(graph);
        var endsInSoftmax = last?.Type is "Softmax" or "LogSoftmax";
        if (!fromLogits && !endsInSoftmax)
        {
            throw new GraphException(
                $"The loss {loss} takes probabilities, and the last operation, {Describe(last)}, gives none. "
                    + $"Add Softmax to the last layer, or use {loss}(fromLogits: true)."
            );
        }
        if (fromLogits && endsInSoftmax)
        {
            throw new GraphException(
                $"The loss {loss}(fromLogits: true) applies a softmax itself, and the last operation, {Describe(last)}, "
                    + "is one. Leave out fromLogits, or the last layer's softmax."
            );
        }
        if (endsInSoftmax && last!.Int("axis", -1) is not (1 or -1))
        {
            throw new GraphException(
                $"The softmax {last.Name} runs along axis {last.Int("axis", -1)}, and the classes lie along axis 1. "
                    + "Set its axis to 1."
            );
        }
    }

    private static string Describe(Operation? operation) =>
        operation is null ? "the input itself" : $"{operation.Name} ({operation.Type})";
}
