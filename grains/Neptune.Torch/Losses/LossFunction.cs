using Neptune.ModelGraph;

namespace Neptune.Torch;

// N samples, K classes or outputs

/// <summary>
/// A loss and its gradient over the outputs, in plain memory: outputs are small, and one managed pass is cheaper than
/// half a dozen tensor operations. Elements are added in order, so bits depend on the shard alone.
/// </summary>
internal abstract class LossFunction
{
    /// <summary>Outputs of one sample, K; the gradient and targets have as many.</summary>
    protected LossFunction(int width) => Width = width;

    public int Width { get; }

    /// <summary>True where samples have classes, so that correct answers can be counted.</summary>
    public virtual bool HasClasses => true;

    /// <summary>What the outputs are.</summary>
    public virtual OutputKind Outputs => OutputKind.LogitsOfSoftmax;

    /// <summary>The loss over the samples of a shard.</summary>
    /// <param name="outputs_NK">What the graph gave.</param>
    /// <param name="batch">Holds classes or targets.</param>
    /// <param name="gradient_NK">Receives the gradient of the summed loss; empty where it is not wanted.</param>
    /// <param name="confusion_KK">Counts of true class times predicted class are added here; empty: not wanted.</param>
    public abstract LossSums Compute(
        ReadOnlySpan<float> outputs_NK,
        in ShardBatch batch,
        Span<float> gradient_NK,
        Span<long> confusion_KK
    );

    /// <summary>The index of the largest element; the first of several.</summary>
    internal static int ArgMax(ReadOnlySpan<float> values)
    {
        var best = 0;
        for (var i = 1; i < values.Length; i++)
        {
            if (values[i] > values[best])
            {
                best = i;
            }
        }
        return best;
    }

    protected void CheckTargets(in ShardBatch batch, int count)
    {
        if (batch.Targets.Length != count)
        {
            throw new ArgumentException(
                $"The batch holds {batch.Targets.Length} target values for {batch.Rows} samples. The loss compares "
                    + $"{count}: one for each output of the graph."
            );
        }
    }

    /// <summary>The loss of a training graph, and the value it reads: a last softmax is left out and fused.</summary>
    public static (LossFunction Function, string Value) Of(TrainingGraph training)
    {
        var graph = training.Graph;
        if (graph.Outputs.Length != 1)
        {
            throw new GraphException(
                $"Graph {graph.Name} has {graph.Outputs.Length} outputs. Training needs one, which meets the loss."
            );
        }
        var output = graph.Outputs[0];
        var lengths = output.Shape.Dimensions;
        if (lengths.Length < 1 || lengths.Skip(1).Any(d => !d.IsFixed))
        {
            throw new GraphException(
                $"Output {output} must have the batch first and fixed dimensions behind it, so that the loss fits."
            );
        }
        var width = checked((int)lengths.Skip(1).Aggregate(1L, (a, d) => checked(a * d.Length)));
        switch (training.Loss)
        {
            case Loss.MeanSquaredError:
                return (new MeanSquaredError(width), output.Name);
            case Loss.MeanAbsoluteError:
                return (new MeanAbsoluteError(width), output.Name);
            case Loss.Huber huber:
                return (new HuberLoss(width, huber.Delta), output.Name);
            case Loss.BinaryCrossentropy binary:
                return (new BinaryCrossentropy(width, binary.Sum), LogitsOfSigmoid(graph, binary.FromLogits));
        }
        if (lengths.Length < 2)
        {
            throw new GraphException($"Output {output} has no dimension of classes, which {training.Loss} needs.");
        }
        var fromLogits = training.Loss switch
        {
            Loss.SparseCategoricalCrossentropy sparse => sparse.FromLogits,
            Loss.CategoricalCrossentropy categorical => categorical.FromLogits,
            _ => throw new System.Diagnostics.UnreachableException($"No function for {training.Loss}."),
        };
        var value = LogitsOfSoftmax(graph, fromLogits);
        var classes = checked((int)lengths[^1].Length);
        return training.Loss is Loss.SparseCategoricalCrossentropy { IgnoreIndex: var ignore }
            ? (new SparseCrossentropy(classes, ignore), value)
            : (new DistributionCrossentropy(classes), value);
    }

    private static string LogitsOfSigmoid(Graph graph, bool fromLogits)
    {
        var last = LastOf(graph);
        return fromLogits ? graph.Outputs[0].Name
            : last?.Type == "Sigmoid" ? last.Inputs[0]
            : throw new GraphException(
                $"The loss compares probabilities, and graph {graph.Name} ends in {last?.Type ?? "an input"}. Set "
                    + "FromLogits to true, or end the graph in a Sigmoid."
            );
    }

    private static string LogitsOfSoftmax(Graph graph, bool fromLogits)
    {
        var output = graph.Outputs[0].Name;
        var last = LastOf(graph);
        var softmax = last?.Type is "Softmax" or "LogSoftmax";
        if (softmax && fromLogits)
        {
            throw new GraphException(
                $"Operation {last!.Name} ({last.Type}) is the graph's last, and the loss says FromLogits. Leave out one of "
                    + "the two: a softmax of a softmax is rarely meant."
            );
        }
        if (!softmax)
        {
            return fromLogits
                ? output
                : throw new GraphException(
                    $"The loss compares probabilities, and graph {graph.Name} ends in {last?.Type ?? "an input"}. Set "
                        + "FromLogits to true, or end the graph in a Softmax."
                );
        }
        var rank = graph.Outputs[0].Shape.Rank;
        var axis = last!.Int("axis", -1);
        return axis == -1 || axis == rank - 1
            ? last.Inputs[0]
            : throw new GraphException(
                $"Operation {last.Name} ({last.Type}) has axis {axis}. The loss reads classes from the last axis: "
                    + "transpose before it."
            );
    }

    private static Operation? LastOf(Graph graph)
    {
        var last = MakerOf(graph, graph.Outputs[0].Name);
        while (last?.Type == "Identity")
        {
            last = MakerOf(graph, last.Inputs[0]);
        }
        return last;
    }

    private static Operation? MakerOf(Graph graph, string value) =>
        graph.Operations.FirstOrDefault(o => o.Outputs.Contains(value));
}
