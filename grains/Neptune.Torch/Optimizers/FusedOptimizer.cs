using Neptune.ModelGraph;

namespace Neptune.Torch;

/// <summary>
/// An optimizer as one pass over flat memory: it divides the gradient sum by the sample count, updates state and
/// weights, and notices a gradient that is not finite. Only +, -, *, / and square roots of single elements, none of them
/// fused: IEEE 754 rounds each alike everywhere, so the bits depend neither on the vector's width nor on the processor.
/// </summary>
/// <param name="settings">Learning rate and schedule.</param>
/// <param name="name">Before the names of the state.</param>
/// <param name="countsSteps">True where the formula depends on the number of steps.</param>
internal abstract class FusedOptimizer(Optimizer settings, string name, bool countsSteps)
{
    private float _rate;

    /// <summary>The step size, before its schedule.</summary>
    public float LearningRate { get; set; } = settings.LearningRate;

    /// <summary>Names of the state vectors, which lie as the weights do.</summary>
    public abstract IReadOnlyList<string> StateNames { get; }

    /// <summary>The name under which the number of steps is kept; null where it does not matter.</summary>
    public string? StepName => countsSteps || settings.Schedule is not null ? $"{name}.step" : null;

    /// <summary>Steps applied so far.</summary>
    public long Step { get; set; }

    /// <summary>What a state vector's elements are at first.</summary>
    public virtual float InitialState => 0;

    /// <summary>Prepares what is equal for all elements of the next step.</summary>
    public void Begin()
    {
        _rate = LearningRates.At(settings.Schedule, LearningRate, Step);
        Step++;
        Scale(1);
    }

    /// <summary>What follows is updated at so many times the step's learning rate.</summary>
    public void Scale(float factor) => Prepare(_rate * factor);

    /// <summary>Updates elements.</summary>
    /// <param name="weights">Changed.</param>
    /// <param name="gradients">Sums over samples.</param>
    /// <param name="count">The samples, by which gradients are divided.</param>
    /// <param name="state1">The first state vector's elements; empty where there is none.</param>
    /// <param name="state2">The second's.</param>
    /// <returns>True where all gradients were finite.</returns>
    public abstract bool Update(
        Span<float> weights,
        ReadOnlySpan<float> gradients,
        float count,
        Span<float> state1,
        Span<float> state2
    );

    /// <summary>The optimizer of a training graph.</summary>
    public static FusedOptimizer Of(Optimizer optimizer) =>
        optimizer switch
        {
            Optimizer.Sgd sgd => new FusedSgd(sgd),
            Optimizer.Adam adam => new FusedAdam(adam),
            Optimizer.AdamW adam => new FusedAdam(adam),
            Optimizer.AdaMax adam => new FusedAdaMax(adam),
            Optimizer.RmsProp rms => new FusedRmsProp(rms),
            Optimizer.AdaGrad ada => new FusedAdaGrad(ada),
            Optimizer.AdaDelta ada => new FusedAdaDelta(ada),
            _ => throw new System.Diagnostics.UnreachableException($"No kernel for {optimizer}."),
        };

    /// <summary>Prepares what follows from a learning rate and <see cref="Step"/>, which counts from 1.</summary>
    protected abstract void Prepare(float rate);

    /// <summary>A setting, which is meant in decimal: 0.9f is 0.89999998 as a double.</summary>
    protected static double Exactly(float setting) => (double)(decimal)setting;
}
