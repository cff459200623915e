using System.Collections.Immutable;

namespace Neptune.ModelGraph;

/// <summary>A chain of layers that reads as in Keras. Not thread-safe while it is compiled.</summary>
/// <example><code>
/// var model = Sequential.Of(Flatten(), Dense(64, Relu), Dropout(0.2f), Dense(10, Softmax));
/// model.Compile(optimizer: Adam(), loss: SparseCategoricalCrossentropy(), metrics: [Accuracy()]);
/// TrainingGraph graph = model.Build(Shape.Of(28, 28, 1));
/// </code></example>
public sealed class Sequential
{
    private Sequential(ImmutableArray<Layer> layers) => Layers = layers;

    /// <summary>The layers in order.</summary>
    public ImmutableArray<Layer> Layers { get; }

    /// <summary>A name for people.</summary>
    public string Name { get; init; } = "sequential";

    /// <summary>A sample's shape, where the first layer is an Input; else it comes from the data.</summary>
    public Shape? InputShape => (Layers[0] as InputLayer)?.Sample;

    /// <summary>The optimizer; null before <see cref="Compile(Optimizer, Loss, IReadOnlyList{Metric})"/>.</summary>
    public Optimizer? Optimizer { get; private set; }

    /// <summary>The loss; null before <see cref="Compile(Optimizer, Loss, IReadOnlyList{Metric})"/>.</summary>
    public Loss? Loss { get; private set; }

    /// <summary>What is measured besides the loss.</summary>
    public ImmutableArray<Metric> Metrics { get; private set; } = [];

    /// <summary>A chain of the given layers.</summary>
    /// <exception cref="GraphException">There is no layer, or an Input stands behind another layer.</exception>
    public static Sequential Of(params IReadOnlyList<Layer> layers)
    {
        if (!layers.Any(layer => layer is not InputLayer))
        {
            throw new GraphException("The model has no layers. Give at least one, such as Dense(10, Softmax).");
        }
        if (layers.Skip(1).Any(layer => layer is InputLayer))
        {
            throw new GraphException("Input stands behind another layer. Move it to the front, or leave it out.");
        }
        return new([.. layers]);
    }

    /// <summary>Says how to train. What can be checked without the data's shape is checked at once.</summary>
    /// <returns>This model.</returns>
    /// <exception cref="GraphException">A setting is out of its range, or the loss does not fit the last layer.</exception>
    public Sequential Compile(Optimizer optimizer, Loss loss, IReadOnlyList<Metric>? metrics = null)
    {
        OptimizerValidation.Check(optimizer);
        MetricValidation.Check(metrics ?? [], loss);
        (Optimizer, Loss, Metrics) = (optimizer, loss, [.. metrics ?? []]);
        if (InputShape is not null)
        {
            Build(InputShape);
        }
        return this;
    }

    /// <summary>The same by names, such as <c>Compile("adam", "sparse_categorical_crossentropy", "accuracy")</c>.</summary>
    /// <exception cref="GraphException">A name is unknown (the nearest are offered), or a setting does not fit.</exception>
    public Sequential Compile(string optimizer, string loss, params string[] metrics) =>
        Compile(
            ModelText.ParseOptimizer(optimizer),
            ModelText.ParseLoss(loss),
            [.. metrics.Select(ModelText.ParseMetric)]
        );

    /// <summary>The training graph for samples of <paramref name="sampleShape"/> (no batch; images channels-last).</summary>
    /// <exception cref="GraphException">
    /// The model is not compiled, or a layer does not fit; the message names the layer, shapes and remedy.
    /// </exception>
    public TrainingGraph Build(Shape sampleShape)
    {
        var graph = BuildGraph(sampleShape);
        if (Optimizer is null || Loss is null)
        {
            throw new GraphException(
                "The model has no optimizer and loss. Call Compile(optimizer: Adam(), loss: ...) before training."
            );
        }
        var training = new TrainingGraph
        {
            Graph = graph,
            Loss = Loss,
            Optimizer = Optimizer,
            Metrics = Metrics,
        };
        TrainingGraphValidation.Check(training);
        return training;
    }

    /// <summary>The training graph of a model that begins with an Input.</summary>
    /// <exception cref="GraphException">The model has no Input, is not compiled, or a layer does not fit.</exception>
    public TrainingGraph Build() =>
        Build(
            InputShape
                ?? throw new GraphException("The model has no Input. Add Input(...) first, or give the sample's shape.")
        );

    /// <summary>The graph alone, without optimizer and loss.</summary>
    /// <exception cref="GraphException">A layer does not fit; the message names the layer, shapes and remedy.</exception>
    public Graph BuildGraph(Shape sampleShape)
    {
        if (InputShape is not null && InputShape != sampleShape)
        {
            throw new GraphException(
                $"The model's Input has shape {InputShape}, and the data's samples have shape {sampleShape}. "
                    + "Make them equal, or leave the Input out."
            );
        }
        var builder = new GraphBuilder(Name);
        var value = builder.Input(sampleShape);
        foreach (var layer in Layers.Where(layer => layer is not InputLayer))
        {
            value = builder.Apply(layer, value);
        }
        return builder.Build(value);
    }
}
