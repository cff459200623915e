namespace Neptune.ModelGraph;

/// <summary>What training makes small.</summary>
public abstract record Loss
{
    private Loss() { }

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
}
