using System.Collections.Immutable;

namespace Neptune.ModelGraph;

/// <summary>How the learning rate follows the number of steps done, t, which is 0 at the first step.</summary>
public abstract record LearningRateSchedule
{
    private LearningRateSchedule() { }

    /// <summary>rate gamma^floor(t / every).</summary>
    public sealed record Step(float Gamma, long Every) : LearningRateSchedule;

    /// <summary>rate gamma^(t / over).</summary>
    public sealed record Exponential(float Gamma, long Over = 1) : LearningRateSchedule;

    /// <summary>rate (1 + gamma t / over)^-power.</summary>
    public sealed record Inverse(float Gamma, float Power = 1, long Over = 1) : LearningRateSchedule;

    /// <summary>(rate - end) (1 - t / steps)^power + end; the end from then on.</summary>
    public sealed record Polynomial(long Steps, float Power = 1, float End = 0) : LearningRateSchedule;

    /// <summary>rate / (1 + exp(-gamma (t - middle))).</summary>
    public sealed record Sigmoid(float Gamma, long Middle) : LearningRateSchedule;

    /// <summary>rate ((1 - least) (1 + cos(pi t / steps)) / 2 + least); the least share from then on.</summary>
    public sealed record Cosine(long Steps, float Least = 0) : LearningRateSchedule;

    /// <summary>The rate times the factor of the last mark that t has reached; times 1 before the first.</summary>
    /// <param name="Marks">Step counts in rising order, each with the factor from there on.</param>
    public sealed record Piecewise(ImmutableArray<(long Step, float Factor)> Marks) : LearningRateSchedule
    {
        /// <inheritdoc/>
        public bool Equals(Piecewise? other) => other is not null && Marks.AsSpan().SequenceEqual(other.Marks.AsSpan());

        /// <inheritdoc/>
        public override int GetHashCode() => Marks.Aggregate(0, HashCode.Combine);
    }
}
