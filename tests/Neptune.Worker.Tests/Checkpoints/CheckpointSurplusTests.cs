using Neptune.Contracts;

namespace Neptune.Worker.Tests;

public sealed class CheckpointSurplusTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly Gen<CheckpointRetention> Rules =
        from last in Gen.Int[1, 5]
        from best in Gen.Bool
        from hours in Gen.Int[0, 6]
        select new CheckpointRetention
        {
            Last = last,
            Best = best,
            Every = hours == 0 ? null : TimeSpan.FromHours(hours),
        };

    // Clocks that jump, metrics that are equal, missing or no number.
    private static readonly Gen<CheckpointEntry[]> Checkpoints =
        from minutes in Gen.Int[-100, 300].Array[0, 30]
        from metrics in Gen.Int[0, 6].Array[30]
        select minutes
            .Select(
                (minute, i) =>
                    Entry(
                        i,
                        TimeSpan.FromMinutes(minutes.Take(i).Sum()),
                        metrics[i] switch
                        {
                            0 => null,
                            1 => double.NaN,
                            var metric => metric,
                        }
                    )
            )
            .ToArray();

    [Fact]
    public void Given_any_checkpoints_when_thinned_out_then_newest_and_best_stay_and_the_rule_keeps_the_rest() =>
        Gen.Select(Rules, Checkpoints)
            .Sample(
                (rule, all) =>
                {
                    var surplus = rule.Surplus(all.Reverse());
                    var kept = all.Except(surplus).ToArray();
                    Assert.Equal(all.TakeLast(rule.Last), kept.TakeLast(rule.Last).Intersect(all.TakeLast(rule.Last)));
                    Assert.Empty(rule.Surplus(kept));
                    var measured = all.Where(c => c.Metric is { } m && double.IsFinite(m)).ToArray();
                    if (rule.Best && measured.Length > 0)
                    {
                        Assert.Equal(
                            measured.Min(c => c.Metric),
                            kept.Min(c => double.IsNaN(c.Metric ?? double.NaN) ? null : c.Metric)
                        );
                    }
                    if (rule is { Best: false, Every: null })
                    {
                        Assert.Equal(Math.Min(rule.Last, all.Length), kept.Length);
                    }
                }
            );

    [Fact]
    public void Given_one_every_two_hours_when_thinned_out_then_the_first_of_each_span_stays()
    {
        var all = Enumerable.Range(0, 20).Select(i => Entry(i, TimeSpan.FromMinutes(30 * i))).ToArray();
        var rule = new CheckpointRetention
        {
            Last = 2,
            Best = false,
            Every = TimeSpan.FromHours(2),
        };
        Assert.Equal([0, 4, 8, 12, 16, 18, 19], all.Except(rule.Surplus(all)).Select(c => c.Version.Step));
    }

    [Fact]
    public void Given_equal_metrics_when_thinned_out_then_the_newest_of_them_is_the_best()
    {
        CheckpointEntry[] all =
        [
            Entry(1, default, 0.5),
            Entry(2, default, 0.25),
            Entry(3, default, 0.25),
            Entry(4, default, 1),
        ];
        Assert.Equal(
            [1, 2],
            new CheckpointRetention { Last = 1 }
                .Surplus(all)
                .Select(c => c.Version.Step)
        );
    }

    private static CheckpointEntry Entry(long step, TimeSpan after, double? metric = null) =>
        new()
        {
            Version = new(step, 0),
            Artifact = step.ToString("x64"),
            At = Start + after,
            Metric = metric,
        };
}
