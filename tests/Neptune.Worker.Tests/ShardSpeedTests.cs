namespace Neptune.Worker.Tests;

public sealed class ShardSpeedTests
{
    private const int Shards = 64;
    private const int Ranks = 4;
    private const int Own = 16;
    private const long Many = 100_000;

    [Fact]
    public void Given_equal_ranks_when_they_train_then_nobody_asks_for_a_new_cut()
    {
        var speed = After(steps: 100, seconds: 0.010 * Own);
        Assert.Equal(0.010, speed.SecondsPerShard, 6);
        Assert.False(speed.WantsNewCut(Ranks / 0.010, Shards, Ranks, Own, Many));
    }

    [Fact]
    public void Given_a_rank_five_times_slower_when_that_lasts_then_it_asks_for_a_new_cut()
    {
        var speed = After(steps: 0, seconds: 0);
        Assert.Equal(9, StepsUntilNewCut(speed, stepSeconds: 0.8, SpeedOfAll));
    }

    [Fact]
    public void Given_a_rank_that_gets_slower_when_that_lasts_for_half_a_second_then_it_asks_for_a_new_cut()
    {
        var speed = After(steps: 100, seconds: 0.001 * Own);
        var steps = StepsUntilNewCut(speed, stepSeconds: 0.005 * Own, (3 / 0.001) + (1 / 0.005));
        Assert.InRange(steps * 0.005 * Own, 0.5, 0.5 + (10 * 0.005 * Own));
    }

    [Fact]
    public void Given_a_rank_that_is_slow_for_a_moment_when_asked_then_it_needs_no_new_cut()
    {
        var speed = After(steps: 100, seconds: 0.0001 * Own);
        foreach (var seconds in Enumerable.Repeat(0.0005, 50).Concat(Enumerable.Repeat(0.0001, 500)))
        {
            speed.Add(seconds * Own, Own, seconds * Own); // 50 such steps are 0.4 s
            Assert.False(speed.WantsNewCut((3 / 0.0001) + (1 / 0.0005), Shards, Ranks, Own, Many * 10));
        }
    }

    [Fact]
    public void Given_a_slow_rank_when_little_is_left_to_do_then_the_pause_is_not_worth_it()
    {
        var speed = After(steps: 16, seconds: 0.050 * Own);
        Assert.False(speed.WantsNewCut(SpeedOfAll, Shards, Ranks, Own, stepsLeft: 3));
    }

    [Fact]
    public void Given_a_rank_of_one_shard_when_it_cannot_give_it_away_with_profit_then_it_does_not_ask()
    {
        var speed = After(steps: 16, seconds: 0.020, shards: 1);
        Assert.False(speed.WantsNewCut((3 / 0.010) + (1 / 0.020), Ranks, Ranks, 1, Many));
    }

    [Fact]
    public void Given_cuts_that_follow_each_other_when_it_is_slow_still_then_they_come_rarer()
    {
        var speed = new ShardSpeed();
        int[] steps = [15, 21, 33]; // 8 until the speed is known, then 0.5, 1 and 2 seconds
        Assert.Equal(
            steps,
            new[] { false, true, true }.Select(isCutBySpeed =>
            {
                speed.Enter(isCutBySpeed);
                return StepsUntilNewCut(speed, stepSeconds: 0.08, (3 / 0.001) + (1 / 0.005));
            })
        );
    }

    [Fact]
    public void Given_others_that_have_not_measured_yet_when_asked_then_it_waits()
    {
        var speed = After(steps: 100, seconds: 0.050 * Own);
        Assert.False(speed.WantsNewCut(0, Shards, Ranks, Own, Many));
    }

    private static double SpeedOfAll => (3 / 0.010) + (1 / 0.050);

    // A rank that takes as long as the step.
    private static int StepsUntilNewCut(ShardSpeed speed, double stepSeconds, double speedOfAll)
    {
        for (var steps = 1; ; steps++)
        {
            speed.Add(stepSeconds, Own, stepSeconds);
            if (speed.WantsNewCut(speedOfAll, Shards, Ranks, Own, Many))
            {
                return steps;
            }
            Assert.InRange(steps, 1, 1000);
        }
    }

    private static ShardSpeed After(int steps, double seconds, int shards = Own)
    {
        var speed = new ShardSpeed();
        speed.Enter(isCutBySpeed: false);
        for (var step = 0; step < steps; step++)
        {
            speed.Add(seconds, shards, seconds);
        }
        return speed;
    }
}
