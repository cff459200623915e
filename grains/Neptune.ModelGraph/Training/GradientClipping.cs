namespace Neptune.ModelGraph;

/// <summary>
/// How large a step's gradient may be, after all samples' mean is taken: it is the same on all nodes, and so is what is left
/// of it. Penalties of weights count as parts of the gradient.
/// </summary>
public abstract record GradientClipping
{
    private GradientClipping() { }

    /// <summary>The limit, greater than 0.</summary>
    public abstract float Limit { get; init; }

    /// <summary>Each element stays within the limit and its negative: Keras's clipvalue.</summary>
    /// <param name="Limit">Greater than 0.</param>
    public sealed record Value(float Limit) : GradientClipping
    {
        /// <inheritdoc/>
        public override float Limit { get; init; } = Limit;
    }

    /// <summary>Each parameter's gradient is scaled down where its Euclidean norm exceeds the limit: Keras's clipnorm.</summary>
    /// <param name="Limit">Greater than 0.</param>
    public sealed record Norm(float Limit) : GradientClipping
    {
        /// <inheritdoc/>
        public override float Limit { get; init; } = Limit;
    }

    /// <summary>
    /// All gradients are scaled down together where the Euclidean norm of them exceeds the limit: Keras's global_clipnorm,
    /// and Caffe's clip_gradients. Parameters whose rate is 0 do not count.
    /// </summary>
    /// <param name="Limit">Greater than 0.</param>
    /// <param name="BeforePenalty">True adds penalties of weights afterwards, as Caffe does.</param>
    public sealed record GlobalNorm(float Limit, bool BeforePenalty = false) : GradientClipping
    {
        /// <inheritdoc/>
        public override float Limit { get; init; } = Limit;
    }
}
