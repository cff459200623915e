namespace Neptune.ModelGraph;

/// <summary>What training makes small.</summary>
public abstract record Loss
{
    private Loss() { }

    /// <summary>True where it compares classes or distributions over them.</summary>
    public bool IsOfClasses() => this is SparseCategoricalCrossentropy or CategoricalCrossentropy;

    /// <summary>True where it compares numbers, of which none is a class.</summary>
    public bool IsOfNumbers() => this is MeanSquaredError or MeanAbsoluteError or Huber;

    /// <summary>
    /// Cross-entropy in nats of labels given as class numbers. From probabilities where the graph ends in a softmax
    /// (which is then fused with the logarithm, for stability), else from logits if <paramref name="FromLogits"/>.
    /// </summary>
    /// <param name="FromLogits">True where the output has no softmax.</param>
    /// <param name="IgnoreIndex">A class whose samples count for nothing; null counts all.</param>
    public sealed record SparseCategoricalCrossentropy(bool FromLogits = false, long? IgnoreIndex = null) : Loss;

    /// <summary>Cross-entropy in nats of labels given as distributions over classes (one-hot or soft).</summary>
    /// <param name="FromLogits">True where the output has no softmax.</param>
    public sealed record CategoricalCrossentropy(bool FromLogits = false) : Loss;

    /// <summary>The mean over outputs of the squared error.</summary>
    public sealed record MeanSquaredError : Loss;

    /// <summary>The mean over outputs of the absolute error.</summary>
    public sealed record MeanAbsoluteError : Loss;

    /// <summary>The mean over outputs of half the squared error where it is at most delta, and linear beyond: Huber, 1964.</summary>
    /// <param name="Delta">Where the parabola becomes a line, in units of the output.</param>
    public sealed record Huber(float Delta = 1) : Loss;

    /// <summary>
    /// Cross-entropy in nats of each output, taken as the probability of a yes, against a target in 0..1; the mean over
    /// outputs, or their sum. Class labels 0 and 1 are the targets of a single output.
    /// </summary>
    /// <param name="FromLogits">True where the output has no sigmoid.</param>
    /// <param name="Sum">True adds the outputs' losses up.</param>
    public sealed record BinaryCrossentropy(bool FromLogits = false, bool Sum = false) : Loss;
}
