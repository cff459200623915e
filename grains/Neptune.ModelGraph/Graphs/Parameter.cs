namespace Neptune.ModelGraph;

/// <summary>A named tensor that belongs to the graph: a weight, a bias, a running mean.</summary>
public sealed record Parameter
{
    /// <summary>A name unique among the graph's values, such as <c>dense_1.weight</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Its shape; every dimension is fixed.</summary>
    public required Shape Shape { get; init; }

    /// <summary>What its elements are.</summary>
    public ElementType Type { get; init; } = ElementType.Float32;

    /// <summary>How its first values are drawn where no weights are given.</summary>
    public required Initializer Initializer { get; init; }

    /// <summary>True for what the optimizer changes; false for buffers such as running statistics.</summary>
    public bool Trainable { get; init; } = true;
}
