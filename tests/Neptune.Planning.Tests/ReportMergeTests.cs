using System.Collections.Immutable;
using Neptune.Contracts;

namespace Neptune.Planning.Tests;

public sealed class ReportMergeTests
{
    private static readonly Gen<ShardReport> OneRank = Gen.Select(
        Gen.Int[0, 1],
        Gen.Int[0, 3],
        Gen.Long[0, 100],
        Gen.Long[0, 10_000],
        Gen.Int[0, 2],
        Gen.Bool,
        Gen.Double[0, 5],
        (ready, ending, step, samples, hash, stopped, loss) =>
            ReportMerge.Silent(Samples.Job, 1, 0, 1) with
            {
                Ready = ready,
                Ended = ending > 0 ? 1 : 0,
                Step = step,
                TotalSteps = ready * 100,
                Samples = samples,
                Times = new()
                {
                    Steps = step,
                    Compute = TimeSpan.FromMicroseconds(samples),
                    Wait = TimeSpan.FromTicks(step),
                },
                Loss = loss,
                Stopped = stopped,
                WeightsSha256 = ending == 1 ? [new string((char)('a' + hash), 64)] : [],
                Failures = ending > 1 ? [new(0, Samples.Node(0), $"cause {hash}", ending == 3)] : [],
                DatasetSha256 = ready == 1 ? Samples.Digits.Sha256 : "",
            }
    );

    private static readonly Gen<ShardReport[]> Ranks = OneRank
        .Array[3, 12]
        .Select(reports =>
            reports
                .Select(
                    (r, rank) =>
                        r with
                        {
                            FirstRank = rank,
                            Failures = [.. r.Failures.Select(f => f with { Rank = rank, Node = Samples.Node(rank) })],
                        }
                )
                .ToArray()
        );

    [Fact]
    public void Given_any_reports_when_merged_in_any_grouping_then_the_result_is_equal() =>
        Gen.Select(Ranks, Gen.Int[1, 1000])
            .Sample(
                (ranks, cut) =>
                {
                    var fromTheLeft = ranks.Aggregate(ReportMerge.Merge);
                    var fromTheRight = ranks.Reverse().Aggregate((right, left) => ReportMerge.Merge(left, right));
                    AssertEqual(fromTheLeft, fromTheRight);
                    var middle = 1 + cut % (ranks.Length - 1);
                    AssertEqual(
                        fromTheLeft,
                        ReportMerge.Merge(
                            ranks[..middle].Aggregate(ReportMerge.Merge),
                            ranks[middle..].Aggregate(ReportMerge.Merge)
                        )
                    );
                }
            );

    [Fact]
    public void Given_any_reports_when_merged_then_counts_add_up_and_the_slowest_rank_gives_the_step() =>
        Ranks.Sample(ranks =>
        {
            var merged = ranks.Aggregate(ReportMerge.Merge);
            Assert.Equal(0, merged.FirstRank);
            Assert.Equal(ranks.Length, merged.RankCount);
            Assert.Equal(ranks.Sum(r => r.Ready), merged.Ready);
            Assert.Equal(ranks.Sum(r => r.Ended), merged.Ended);
            Assert.Equal(ranks.Sum(r => r.Samples), merged.Samples);
            Assert.Equal(ranks.Min(r => r.Step), merged.Step);
            Assert.Equal(ranks.Any(r => r.Stopped), merged.Stopped);
        });

    [Fact]
    public void Given_any_failures_when_merged_then_causes_come_before_consequences_each_in_the_order_of_ranks() =>
        Ranks.Sample(ranks =>
        {
            var failures = ranks.Aggregate(ReportMerge.Merge).Failures;
            Assert.Equal(
                ranks.SelectMany(r => r.Failures).OrderBy(f => f.IsConsequence).ThenBy(f => f.Rank),
                failures.AsEnumerable()
            );
        });

    [Fact]
    public void Given_any_hashes_when_merged_then_each_is_there_once_in_order() =>
        Ranks.Sample(ranks =>
            Assert.Equal(
                ranks.SelectMany(r => r.WeightsSha256).Distinct().Order(StringComparer.Ordinal),
                ranks.Aggregate(ReportMerge.Merge).WeightsSha256.AsEnumerable()
            )
        );

    [Fact]
    public void Given_any_reports_when_merged_then_rank_0_gives_loss_accuracy_epochs_and_package() =>
        Ranks.Sample(ranks =>
        {
            var first = ranks[0] with { Accuracy = 0.5, Package = Samples.Package(3) };
            var merged = ranks[1..].Aggregate(first, ReportMerge.Merge);
            Assert.Equal((first.Loss, first.Accuracy, first.Package), (merged.Loss, merged.Accuracy, merged.Package));
        });

    [Fact]
    public void Given_ranks_that_have_not_spoken_when_merged_then_the_whole_is_neither_ready_nor_ended()
    {
        var merged = ReportMerge.Merge(
            Samples.Finished(ranks: 1),
            ReportMerge.Silent(Samples.Job, 1, firstRank: 1, rankCount: 2)
        );
        Assert.Equal((3, 1, 1, 0L), (merged.RankCount, merged.Ready, merged.Ended, merged.Step));
    }

    // Records compare immutable arrays by reference, so these are compared as lists.
    private static void AssertEqual(ShardReport one, ShardReport other)
    {
        Assert.Equal(one.Failures.AsEnumerable(), other.Failures.AsEnumerable());
        Assert.Equal(one.WeightsSha256.AsEnumerable(), other.WeightsSha256.AsEnumerable());
        Assert.Equal(Plain(one), Plain(other));
    }

    private static ShardReport Plain(ShardReport report) =>
        report with
        {
            Failures = [],
            WeightsSha256 = [],
            Epochs = [],
        };
}
