namespace Neptune.ModelGraph;

/// <summary>How the reduced gradient changes the weights. Defaults are Keras's.</summary>
public abstract record Optimizer
{
    private Optimizer() { }

    /// <summary>The step size.</summary>
    public abstract float LearningRate { get; init; }

    /// <summary>How the step size changes with the steps; null keeps it.</summary>
    public LearningRateSchedule? Schedule { get; init; }

    /// <summary>How large a gradient may be; null leaves it as it is.</summary>
    public GradientClipping? Clipping { get; init; }

    /// <summary>
    /// Stochastic gradient descent: v = momentum v + g; w -= lr v (or lr (g + momentum v) with Nesterov). Where the rate is
    /// in the velocity, as with Keras and Caffe, v = momentum v + lr g; w -= v (or lr g + momentum v): another thing once
    /// the rate changes.
    /// </summary>
    public sealed record Sgd(
        float LearningRate = 0.01f,
        float Momentum = 0,
        bool Nesterov = false,
        float WeightDecay = 0,
        bool RateInVelocity = false
    ) : Optimizer
    {
        /// <inheritdoc/>
        public override float LearningRate { get; init; } = LearningRate;
    }

    /// <summary>
    /// Adam: Kingma and Ba, 2015, algorithm 1 (epsilon is added after the bias correction). With
    /// <paramref name="EpsilonHat"/>, the form at the end of their section 2, as Keras and Caffe have it: before it.
    /// </summary>
    public sealed record Adam(
        float LearningRate = 0.001f,
        float Beta1 = 0.9f,
        float Beta2 = 0.999f,
        float Epsilon = 1e-7f,
        bool EpsilonHat = false
    ) : Optimizer
    {
        /// <inheritdoc/>
        public override float LearningRate { get; init; } = LearningRate;
    }

    /// <summary>
    /// Adam with decoupled weight decay: Loshchilov and Hutter, 2019. <paramref name="EpsilonHat"/> as in <see cref="Adam"/>.
    /// </summary>
    public sealed record AdamW(
        float LearningRate = 0.001f,
        float Beta1 = 0.9f,
        float Beta2 = 0.999f,
        float Epsilon = 1e-7f,
        float WeightDecay = 0.004f,
        bool EpsilonHat = false
    ) : Optimizer
    {
        /// <inheritdoc/>
        public override float LearningRate { get; init; } = LearningRate;
    }

    /// <summary>
    /// RMSprop (Hinton, lecture 6e, 2012): s = rho s + (1 - rho) g g; d = lr g / (sqrt(s) + epsilon); with a momentum,
    /// v = momentum v + d; w -= v, else w -= d. Keras adds epsilon under the root: <paramref name="EpsilonInRoot"/>.
    /// </summary>
    public sealed record RmsProp(
        float LearningRate = 0.001f,
        float Rho = 0.9f,
        float Momentum = 0,
        float Epsilon = 1e-7f,
        bool EpsilonInRoot = false
    ) : Optimizer
    {
        /// <inheritdoc/>
        public override float LearningRate { get; init; } = LearningRate;
    }

    /// <summary>
    /// AdaGrad: Duchi, Hazan and Singer, 2011: s += g g; w -= lr g / (sqrt(s) + epsilon). Keras adds epsilon under the
    /// root: <paramref name="EpsilonInRoot"/>.
    /// </summary>
    public sealed record AdaGrad(
        float LearningRate = 0.01f,
        float InitialAccumulator = 0,
        float Epsilon = 1e-7f,
        bool EpsilonInRoot = false
    ) : Optimizer
    {
        /// <inheritdoc/>
        public override float LearningRate { get; init; } = LearningRate;
    }

    /// <summary>
    /// AdaDelta: Zeiler, 2012: s = rho s + (1 - rho) g g; d = g sqrt(u + epsilon) / sqrt(s + epsilon);
    /// u = rho u + (1 - rho) d d; w -= lr d.
    /// </summary>
    public sealed record AdaDelta(float LearningRate = 1, float Rho = 0.95f, float Epsilon = 1e-6f) : Optimizer
    {
        /// <inheritdoc/>
        public override float LearningRate { get; init; } = LearningRate;
    }

    /// <summary>
    /// AdaMax: Kingma and Ba, 2015, algorithm 2: m = beta1 m + (1 - beta1) g; u = max(beta2 u, |g|);
    /// w -= lr / (1 - beta1^t) m / (u + epsilon).
    /// </summary>
    public sealed record AdaMax(
        float LearningRate = 0.001f,
        float Beta1 = 0.9f,
        float Beta2 = 0.999f,
        float Epsilon = 1e-7f
    ) : Optimizer
    {
        /// <inheritdoc/>
        public override float LearningRate { get; init; } = LearningRate;
    }
}
