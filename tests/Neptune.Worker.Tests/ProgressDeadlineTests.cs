namespace Neptune.Worker.Tests;

/// <summary>How long ranks wait for one that stands still.</summary>
public sealed class ProgressDeadlineTests
{
    private const int Relearn = 8; // steps

    [Fact]
    public void Nothing_is_learnt_from_few_steps()
    {
        var deadline = Learnt(seconds: 0.5, steps: Relearn - 1);

        Assert.Equal(ProgressDeadline.Unlearnt, deadline.Limit);
        Assert.Equal(ProgressDeadline.Unlearnt, deadline.LimitOf(40));
    }

    [Theory]
    [InlineData(0.002, 1, 1)] // never less than a second
    [InlineData(0.002, 100, 3.2)]
    [InlineData(0.5, 1, 8)]
    [InlineData(0.5, 3, 24)]
    public void The_limit_follows_the_median_step(double seconds, int steps, double limit)
    {
        var deadline = Learnt(seconds, Relearn);

        Assert.Equal(TimeSpan.FromSeconds(limit), deadline.LimitOf(steps));
        Assert.Equal(deadline.LimitOf(1), deadline.Limit);
    }

    [Fact]
    public void One_slow_step_changes_nothing()
    {
        var deadline = Learnt(seconds: 0.5, steps: Relearn - 1);

        Assert.True(deadline.Add(100));

        Assert.Equal(TimeSpan.FromSeconds(8), deadline.Limit);
    }

    private static ProgressDeadline Learnt(double seconds, int steps)
    {
        var deadline = new ProgressDeadline();
        for (var step = 0; step < steps; step++)
        {
            deadline.Add(seconds);
        }
        return deadline;
    }
}
