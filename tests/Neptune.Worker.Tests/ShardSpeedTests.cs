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
    public void Given_a_rank_five_times_slower_when_it_is_known_then_it_asks_for_a_new_cut()
    {
        var speed = After(steps: 16, seconds: 0.050 * Own);
        Assert.True(speed.WantsNewCut(SpeedOfAll, Shards, Ranks, Own, Many));
    }

    [Fact]
    public void Given_a_rank_that_got_slower_when_half_of_its_latest_steps_were_slow_then_it_asks_for_a_new_cut()
    {
        var speed = After(steps: 100, seconds: 0.010 * Own);
        var steps = 0;
        while (!speed.WantsNewCut((3 / 0.010) + (1 / speed.SecondsPerShard), Shards, Ranks, Own, Many))
        {
            speed.Add(0.050 * Own, Own);
            Assert.InRange(++steps, 1, 10);
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
        Assert.Equal([16, 32, 64], new[] { false, true, true }.Select(StepsUntilNextCut));

        int StepsUntilNextCut(bool isCutBySpeed)
        {
            speed.Enter(isCutBySpeed);
            for (var steps = 1; ; steps++)
            {
                speed.Add(0.050 * Own, Own);
                if (speed.WantsNewCut(SpeedOfAll, Shards, Ranks, Own, Many))
                {
                    return steps;
                }
            }
        }
    }

    [Fact]
    public void Given_others_that_have_not_measured_yet_when_asked_then_it_waits()
    {
        var speed = After(steps: 100, seconds: 0.050 * Own);
        Assert.False(speed.WantsNewCut(0, Shards, Ranks, Own, Many));
    }

    private static double SpeedOfAll => (3 / 0.010) + (1 / 0.050);

    private static ShardSpeed After(int steps, double seconds, int shards = Own)
    {
        var speed = new ShardSpeed();
        speed.Enter(isCutBySpeed: false);
        for (var step = 0; step < steps; step++)
        {
            speed.Add(seconds, shards);
        }
        return speed;
    }
}
