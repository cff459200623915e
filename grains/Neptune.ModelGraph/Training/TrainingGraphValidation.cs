namespace Neptune.ModelGraph;

/// <summary>Checks that a graph, its loss, optimizer and metrics go together.</summary>
public static class TrainingGraphValidation
{
    /// <summary>Throws unless <paramref name="training"/> can be trained.</summary>
    /// <exception cref="GraphException">The message names the setting or layer, and the remedy.</exception>
    public static void Check(TrainingGraph training)
    {
        GraphValidation.Check(training.Graph);
        CheckOperations(training.Graph);
        CheckOptimizer(training.Optimizer);
        CheckMetrics(training.Metrics, training.Loss);
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
        switch (training.Loss)
        {
            case Loss.SparseCategoricalCrossentropy loss:
                CheckClassifier(training.Graph, nameof(Loss.SparseCategoricalCrossentropy), loss.FromLogits);
                break;
            case Loss.CategoricalCrossentropy loss:
                CheckClassifier(training.Graph, nameof(Loss.CategoricalCrossentropy), loss.FromLogits);
                break;
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

    internal static void CheckOptimizer(Optimizer optimizer)
    {
        switch (optimizer)
        {
            case Optimizer.Sgd sgd:
                RequireRange("momentum", sgd.Momentum, 0, 1);
                RequireNotNegative("weight decay", sgd.WeightDecay);
                if (sgd is { Nesterov: true, Momentum: 0 })
                {
                    throw new GraphException("Nesterov needs a momentum. Set momentum, such as 0.9.");
                }
                break;
            case Optimizer.Adam adam:
                CheckAdam(adam.Beta1, adam.Beta2, adam.Epsilon);
                break;
            case Optimizer.AdamW adam:
                CheckAdam(adam.Beta1, adam.Beta2, adam.Epsilon);
                RequireNotNegative("weight decay", adam.WeightDecay);
                break;
        }
        RequirePositive("learning rate", optimizer.LearningRate, "such as 0.001");
    }

    internal static void CheckMetrics(IEnumerable<Metric> metrics, Loss loss)
    {
        if (loss is Loss.MeanSquaredError && metrics.Any(metric => metric is Metric.Accuracy))
        {
            throw new GraphException(
                "Accuracy compares classes, and the loss MeanSquaredError has none. Leave Accuracy out, or use "
                    + "SparseCategoricalCrossentropy."
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

    private static void CheckAdam(float beta1, float beta2, float epsilon)
    {
        RequireRange("beta1", beta1, 0, 1);
        RequireRange("beta2", beta2, 0, 1);
        RequirePositive("epsilon", epsilon, "such as 1e-7");
    }

    private static void RequirePositive(string what, float value, string such)
    {
        if (!(value > 0) || !float.IsFinite(value))
        {
            throw new GraphException($"The {what} is {value}, and must be a finite number greater than 0, {such}.");
        }
    }

    private static void RequireNotNegative(string what, float value)
    {
        if (!(value >= 0) || !float.IsFinite(value))
        {
            throw new GraphException($"The {what} is {value}, and must be a finite number from 0.");
        }
    }

    private static void RequireRange(string what, float value, float least, float below)
    {
        if (!(value >= least && value < below))
        {
            throw new GraphException($"The {what} is {value}, and must be at least {least} and less than {below}.");
        }
    }
}
