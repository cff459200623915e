namespace Neptune.ModelGraph;

/// <summary>How the reduced gradient changes the weights. Defaults are Keras's.</summary>
public abstract record Optimizer
{
    private Optimizer() { }

    /// <summary>The step size.</summary>
    public abstract float LearningRate { get; init; }

    /// <summary>Stochastic gradient descent: v = momentum v + g; w -= lr v (or lr (g + momentum v) with Nesterov).</summary>
    public sealed record Sgd(
        float LearningRate = 0.01f,
        float Momentum = 0,
        bool Nesterov = false,
        float WeightDecay = 0
    ) : Optimizer
    {
        /// <inheritdoc/>
        public override float LearningRate { get; init; } = LearningRate;
    }

    /// <summary>Adam: Kingma and Ba, 2015, algorithm 1 (epsilon is added after the bias correction).</summary>
    public sealed record Adam(
        float LearningRate = 0.001f,
        float Beta1 = 0.9f,
        float Beta2 = 0.999f,
        float Epsilon = 1e-7f
    ) : Optimizer
    {
        /// <inheritdoc/>
        public override float LearningRate { get; init; } = LearningRate;
    }

    /// <summary>Adam with decoupled weight decay: Loshchilov and Hutter, 2019.</summary>
    public sealed record AdamW(
        float LearningRate = 0.001f,
        float Beta1 = 0.9f,
        float Beta2 = 0.999f,
        float Epsilon = 1e-7f,
        float WeightDecay = 0.004f
    ) : Optimizer
    {
        /// <inheritdoc/>
        public override float LearningRate { get; init; } = LearningRate;
    }
}
