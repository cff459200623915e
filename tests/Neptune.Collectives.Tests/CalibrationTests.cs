namespace Neptune.Collectives.Tests;

/// <summary>What groups measure before they begin, and what they need not measure again.</summary>
public class CalibrationTests
{
    private static readonly GroupOptions _options = new();

    [Fact]
    public async Task Given_a_rank_that_remembers_such_a_group_when_it_meets_a_new_one_then_nobody_measures_again()
    {
        await using var silos = new Silos(3);
        var first = await silos.JoinAsync(2, [1, 2]);
        Assert.All(first, rank => Assert.True(((LinkedCollective)rank).Count > 1));
        foreach (var rank in first)
            rank.Dispose();

        var group = silos.Group(0, 2, [1, 2], generation: 4);
        group = group with
        {
            Members = [group.Members[0], group.Members[1] with { Address = silos[2].Listener.Address }],
        };
        var cancellation = TestContext.Current.CancellationToken;
        var second = await Task.WhenAll(
            silos[0].JoinAsync(group, null, cancellation),
            silos[2].JoinAsync(group with { Rank = 1 }, null, cancellation)
        );
        Assert.All(second, rank => Assert.Equal(1, ((LinkedCollective)rank).Count));
        float[][] values =
        [
            [1],
            [2],
        ];
        await Task.WhenAll(
            second.Select(
                (rank, r) =>
                    Task.Run(
                        () => rank.AllReduce(2, [new(new(r, r + 1), values[r])], values[r], cancellation),
                        cancellation
                    )
            )
        );
        Assert.All(values, sum => Assert.Equal(3f, sum[0]));
        foreach (var rank in second)
            rank.Dispose();
    }

    [Fact]
    public async Task Given_a_measurement_when_it_is_old_or_of_other_hosts_then_it_does_not_hold()
    {
        await using var silos = new Silos(3);
        var (memory, group) = (new CalibrationMemory(), silos.Group(0, 3, [1, 2, 3]));
        var measured = new CalibrationMemory.Measurement(1e-5f, 1e-3f, 2e-3f, 0);
        memory.Keep(group, _options, measured);
        Assert.Equal(1e-5f, memory.Of(group, _options).Trip);
        Assert.True(memory.Of(group with { Rank = 2 }, _options).IsKnown); // the hosts count, not which rank asks
        Assert.False(memory.Of(group, _options with { Link = LinkKind.Tcp }).IsKnown);
        var elsewhere = group.Members[2] with { Address = group.Members[2].Address with { HostId = "another" } };
        Assert.False(memory.Of(group with { Members = [.. group.Members.Take(2), elsewhere] }, _options).IsKnown);
        memory.Keep(group, _options, measured with { Age = (float)CalibrationMemory.Lifetime.TotalSeconds });
        Assert.False(memory.Of(group, _options).IsKnown);
        Assert.False(memory.Of(silos.Group(0, 2, [1, 2]), _options).IsKnown);
    }

    [Fact]
    public async Task Given_a_measurement_when_a_group_of_another_size_is_spread_alike_then_it_is_reckoned_until_it_is_measured()
    {
        await using var silos = new Silos(5);
        var memory = new CalibrationMemory();
        var (two, five) = (OnOneHost(silos.Group(0, 2, [1, 2])), OnOneHost(silos.Group(0, 5, [1, 2, 3, 4, 5])));
        memory.Keep(two, _options, new(1e-5f, 1e-3f, 0.9e-3f, 0));
        var reckoned = memory.Of(five, _options);
        Assert.Equal(4e-5f, reckoned.Trip, 1e-9f); // four peers for one
        Assert.True(reckoned.LargeDirect > reckoned.LargeSliced); // the more ranks, the better are slices
        Assert.True(reckoned.Age >= CalibrationMemory.Lifetime.TotalSeconds);
        memory.Keep(five, _options, reckoned);
        Assert.True(memory.Of(five, _options).Age >= CalibrationMemory.Lifetime.TotalSeconds); // and not of itself
        var measured = new CalibrationMemory.Measurement(3e-5f, 1e-3f, 2e-3f, 0);
        memory.Keep(five, _options, measured);
        Assert.Equal(3e-5f, memory.Of(five, _options).Trip);
        var unevenly = five.Members[0] with { Address = five.Members[0].Address with { HostId = "another" } };
        Assert.False(memory.Of(five with { Members = [unevenly, .. five.Members.Skip(1)] }, _options).IsKnown);
    }

    private static CollectiveGroup OnOneHost(CollectiveGroup group) =>
        group with
        {
            Members =
            [
                .. group.Members.Select(
                    (m, rank) => m with { Address = m.Address with { HostId = "host", ProcessId = $"process-{rank}" } }
                ),
            ],
        };
}
