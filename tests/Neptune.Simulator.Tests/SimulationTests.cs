namespace Neptune.Simulator.Tests;

/// <summary>The real rules hold in some hundred seeds, broken ones do not, and a seed is always the same run.</summary>
public sealed class SimulationTests
{
    private const int Seeds = 300;

    // The most seeds that a mutation may take to be caught; the slowest took 207 when this was written.
    private const int MutatedSeeds = 400;

    public static TheoryData<string> Mutations =>
        [.. Enum.GetNames<Mutation>().Where(name => name != nameof(Mutation.None))];

    [Fact]
    public void Given_the_real_rules_when_seeds_are_played_then_all_invariants_hold()
    {
        var results = SeedRuns.Play(1, Seeds);
        Assert.Null(results[^1].Violation);
        Assert.Equal(Seeds, results.Count);
    }

    [Theory]
    [MemberData(nameof(Mutations))]
    public void Given_a_broken_rule_when_seeds_are_played_then_an_invariant_catches_it(string mutation)
    {
        var last = SeedRuns.Play(1, MutatedSeeds, Enum.Parse<Mutation>(mutation))[^1];
        Assert.IsType<InvariantViolatedException>(last.Violation);
        Assert.NotEmpty(last.Latest);
    }

    [Fact]
    public void Given_a_seed_when_played_again_then_it_is_the_same_run()
    {
        var violating = SeedRuns.Play(1, MutatedSeeds, Mutation.RankBelievesItself)[^1];
        var again = SeedRun.Play(violating.Seed, Mutation.RankBelievesItself);
        Assert.Equal(violating.Tally, again.Tally);
        Assert.Equal(violating.Violation!.Message, again.Violation!.Message);
        Assert.Equal(violating.Latest, again.Latest);
    }

    [Fact]
    public void Given_any_parallelism_when_seeds_are_played_then_the_results_are_the_same() =>
        Assert.Equal(
            SeedRuns.Play(1, 40, parallelism: 1).Select(r => r.Tally),
            SeedRuns.Play(1, 40, parallelism: 4).Select(r => r.Tally)
        );

    [Fact]
    public void Given_a_violation_when_reported_then_its_invariant_and_the_way_to_replay_it_are_printed()
    {
        var output = new StringWriter();
        var exitCode = new SimulationReport(output).Many(1, MutatedSeeds, Mutation.TokenNotChecked);
        var text = output.ToString();
        Assert.Equal(1, exitCode);
        Assert.Contains("violates: no zombie's frame is accepted", text, StringComparison.Ordinal);
        Assert.Contains("--trace --mutation TokenNotChecked", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Given_seeds_that_are_well_when_reported_then_the_summary_counts_them()
    {
        var output = new StringWriter();
        Assert.Equal(0, new SimulationReport(output).Many(1, 20, Mutation.None));
        Assert.Contains("committed steps", output.ToString(), StringComparison.Ordinal);
    }
}
