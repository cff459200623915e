using Neptune.Contracts;

namespace Neptune.Worker.Tests;

/// <summary>Who is named where a loss was not finite.</summary>
public sealed class InquestTests
{
    private static readonly TrainingVersion Version = new(12, 0);

    [Theory]
    [InlineData(new[] { false })]
    [InlineData(new[] { false, false, true })]
    [InlineData(new[] { false, false, false, true })]
    public void Given_most_ranks_that_compute_the_same_when_asked_then_training_has_diverged(bool[] isFinite) =>
        Assert.Null(Inquest.OfLoss(Version, (0, 3), isFinite));

    [Theory]
    [InlineData(new[] { true, true, true }, new[] { 0 })] // it does not come again
    [InlineData(new[] { false, true, true }, new[] { 0 })]
    [InlineData(new[] { true, true, false }, new[] { 0, 2 })]
    [InlineData(new[] { true, true }, new[] { 0 })]
    public void Given_a_finite_loss_on_most_when_asked_then_those_that_had_another_are_named(
        bool[] isFinite,
        int[] wrong
    )
    {
        var verdict = Inquest.OfLoss(Version, (0, 3), isFinite)!;
        Assert.Equal(wrong, verdict.Wrong);
        Assert.Equal(
            "It computed the loss of shard 3 in step 12 as not finite, and most others do not.",
            verdict.Evidence
        );
    }

    [Theory]
    [InlineData(new[] { true })]
    [InlineData(new[] { true, false })]
    public void Given_no_majority_when_asked_then_nobody_is_named(bool[] isFinite)
    {
        var verdict = Inquest.OfLoss(Version, (0, 3), isFinite)!;
        Assert.Empty(verdict.Wrong);
        Assert.Contains("no majority", verdict.Evidence, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new[] { 0f, 1f, 0f }, new[] { 1 })]
    [InlineData(new[] { 2f, 0f }, new[] { 0 })] // each of them says so
    [InlineData(new[] { 0f, 1f, 1f }, new int[0])]
    [InlineData(new[] { 0f, 0f }, new int[0])]
    [InlineData(new[] { 1f }, new int[0])]
    public void Given_a_gradient_that_is_not_finite_when_asked_then_the_rank_is_named_where_it_was_one_of_several(
        float[] isNamed,
        int[] wrong
    )
    {
        var verdict = Inquest.OfNonFinite(Version, "Step 12: the gradient is not finite.", isNamed);
        Assert.Equal(wrong, verdict.Wrong);
        Assert.True(verdict.MayHaveDiverged);
        Assert.Equal("Step 12: the gradient is not finite.", verdict.Evidence); // the same, whoever it was
    }
}
