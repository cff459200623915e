using Neptune.ModelGraph;

namespace Neptune.Torch;

/// <summary>
/// An optimizer as one pass over flat memory: it divides the gradient sum by the sample count, updates state and
/// weights, and notices a gradient that is not finite. Only +, -, *, / and square roots of single elements, none of them
/// fused: IEEE 754 rounds each alike everywhere, so the bits depend neither on the vector's width nor on the processor.
/// </summary>
internal abstract class FusedOptimizer
{
    /// <summary>The step size.</summary>
    public float LearningRate { get; set; }

    /// <summary>Names of the state vectors, which lie as the weights do.</summary>
    public abstract IReadOnlyList<string> StateNames { get; }

    /// <summary>The name under which the number of steps is kept; null where it does not matter.</summary>
    public virtual string? StepName => null;

    /// <summary>Steps applied so far.</summary>
    public long Step { get; set; }

    /// <summary>Prepares what is equal for all elements of the next step.</summary>
    public virtual void Begin() => Step++;

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
            Optimizer.Adam adam => new FusedAdam("adam", adam.LearningRate, adam.Beta1, adam.Beta2, adam.Epsilon, 0),
            Optimizer.AdamW adam => new FusedAdam(
                "adamw",
                adam.LearningRate,
                adam.Beta1,
                adam.Beta2,
                adam.Epsilon,
                adam.WeightDecay
            ),
            _ => throw new System.Diagnostics.UnreachableException($"No kernel for {optimizer}."),
        };
}
