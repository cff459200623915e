using System.Collections.Immutable;
using Neptune.Contracts;
using Neptune.ModelGraph;
using static Neptune.ModelGraph.Activation;
using static Neptune.ModelGraph.Layers;

namespace Neptune.Planning.Tests;

public sealed class ForkRulesTests
{
    private static readonly JobOrigin Newest = new() { Job = Samples.Job };
    private static readonly JobSnapshot Ended = JobEvents.JobIn(JobPhase.Succeeded).Snapshot;

    public static TheoryData<string> FieldsOfSpec => [.. typeof(JobSpec).GetProperties().Select(p => p.Name)];

    // A field that a spec gets later must be named in one of the two lists.
    [Theory]
    [MemberData(nameof(FieldsOfSpec))]
    public void Given_one_field_that_differs_when_forked_then_it_is_free_or_refused_by_name(string field)
    {
        var spec = Samples.Spec;
        var (other, said) = field switch
        {
            nameof(JobSpec.TrainingGraphJson) => (
                spec with
                {
                    TrainingGraphJson = JsonOf(Flatten(), Dense(9, Relu), Dense(10, Softmax)),
                },
                "the model's parameter dense.weight is (8, 64) there, in whose place is dense.weight (9, 64) here"
            ),
            nameof(JobSpec.Dataset) => (
                spec with
                {
                    Dataset = spec.Dataset.WithSplit("test"),
                },
                "the data set is digits@1:train there and digits@1:test here"
            ),
            nameof(JobSpec.ValidationSplit) => (
                spec with
                {
                    ValidationSplit = 0.5,
                },
                "the validation split is 0 there and 0.5 here"
            ),
            nameof(JobSpec.Shuffle) => (
                spec with
                {
                    Shuffle = false,
                },
                "the samples are shuffled there and in order here"
            ),
            nameof(JobSpec.PerDeviceBatchSize) => (
                spec with
                {
                    PerDeviceBatchSize = 8,
                },
                "the global batch is 4 shards of 16 samples there and 4 of 8 here"
            ),
            nameof(JobSpec.Shards) => (
                spec with
                {
                    Shards = 8,
                },
                "the global batch is 4 shards of 16 samples there and 8 of 16 here"
            ),
            nameof(JobSpec.Seed) => (spec with { Seed = 8 }, "the seed is 7 there and 8 here"),
            nameof(JobSpec.Epochs) => (spec with { Epochs = 9 }, null),
            nameof(JobSpec.Nodes) => (spec with { Nodes = 9 }, null),
            nameof(JobSpec.LeastNodes) => (spec with { LeastNodes = 1 }, null),
            nameof(JobSpec.CheckEvery) => (spec with { CheckEvery = 9 }, null),
            nameof(JobSpec.Model) => (spec with { Model = new("other") }, null),
            nameof(JobSpec.ResumeFrom) => (spec with { ResumeFrom = "package" }, null),
            nameof(JobSpec.InitialWeights) => (spec with { InitialWeights = "package" }, null),
            nameof(JobSpec.CheckpointInterval) => (spec with { CheckpointInterval = TimeSpan.Zero }, null),
            nameof(JobSpec.MixedNumerics) => (spec with { MixedNumerics = true }, null),
            nameof(JobSpec.StopAtStep) => (spec with { StopAtStep = 9 }, null),
            nameof(JobSpec.Steps) => (spec with { Steps = 9 }, null),
            nameof(JobSpec.Retention) => (spec with { Retention = new() { Last = 9 } }, null),
            nameof(JobSpec.From) => (spec with { From = Newest }, null),
            nameof(JobSpec.Verifies) => (spec with { Verifies = Samples.Job }, null),
            nameof(JobSpec.GlobalBatchSize) => (spec, (string?)null), // follows from others
            _ => throw new NotSupportedException($"May {field} differ in a fork?"),
        };
        if (said is null)
        {
            ForkRules.Check(Newest, spec, Samples.Digits, other, Samples.Digits);
        }
        else
        {
            Refuses(other, said);
        }
    }

    [Fact]
    public void Given_other_numbers_of_the_optimizer_when_forked_then_they_are_free() =>
        ForkRules.Check(
            Newest,
            Samples.Spec,
            Samples.Digits,
            Samples.Spec with
            {
                TrainingGraphJson = Samples.JsonOf(
                    Samples.Classifier(10).Compile(Adam(0.5f, beta1: 0.5f), SparseCategoricalCrossentropy()),
                    Shape.Of(8, 8, 1)
                ),
            },
            Samples.Digits
        );

    [Fact]
    public void Given_optimizers_of_other_states_when_forked_then_they_are_refused_by_name()
    {
        Refuses(With(Sgd()), "the optimizer is adam there and sgd without momentum here, whose state is another");
        Refuses(With(AdamW()), "the optimizer is adam there and adamw here");
        var plain = With(Sgd(0.1f));
        var error = Assert.Throws<JobRejectedException>(() =>
            ForkRules.Check(Newest, plain, Samples.Digits, With(Sgd(0.1f, momentum: 0.9f)), Samples.Digits)
        );
        Assert.Contains("sgd without momentum there and sgd with momentum here", error.Message);
    }

    [Fact]
    public void Given_other_settings_of_a_layer_when_forked_then_its_operation_is_named()
    {
        var half = Samples.Spec with { TrainingGraphJson = JsonOf(Flatten(), Dropout(0.5f), Dense(10, Softmax)) };
        var less = half with { TrainingGraphJson = JsonOf(Flatten(), Dropout(0.1f), Dense(10, Softmax)) };
        var error = Assert.Throws<JobRejectedException>(() =>
            ForkRules.Check(Newest, half, Samples.Digits, less, Samples.Digits)
        );
        Assert.Contains("operation dropout", error.Message);
        Assert.Contains("has other settings here", error.Message);
        ForkRules.Check(Newest, half, Samples.Digits, half, Samples.Digits);
    }

    [Fact]
    public void Given_data_of_equal_name_and_another_version_when_forked_then_both_versions_are_named() =>
        Refuses(
            Samples.Spec,
            "the data set is digits@1:train there and digits@2:train here",
            Samples.Digits with
            {
                Version = 2,
                Sha256 = new('e', 64),
            }
        );

    [Fact]
    public void Given_several_differences_when_forked_then_one_message_names_them_all_and_says_what_is_free() =>
        Assert.Equal(
            "The job cannot start from job job-1: the seed is 7 there and 1 here, and by it samples validate and have "
                + "their order; the global batch is 4 shards of 16 samples there and 2 of 16 here. Take what job-1 has, "
                + "or train anew, without a version to start from. Free are the optimizer's numbers, epochs and nodes.",
            Assert
                .Throws<JobRejectedException>(() =>
                    ForkRules.Check(
                        Newest,
                        Samples.Spec,
                        Samples.Digits,
                        Samples.Spec with
                        {
                            Seed = 1,
                            Shards = 2,
                        },
                        Samples.Digits
                    )
                )
                .Message
        );

    [Fact]
    public void Given_kept_versions_when_one_is_chosen_then_it_is_the_step_asked_for_or_the_newest_first()
    {
        ImmutableArray<CheckpointEntry> kept =
        [
            Entry(10, 0),
            Entry(24, 0),
            Entry(24, 1),
            Entry(24, 1, isPackage: true),
            Entry(30, 1),
        ];
        Assert.Equal(kept.Reverse(), ForkRules.Choose(Newest, Ended, kept));
        Assert.Equal([kept[3], kept[2], kept[1]], ForkRules.Choose(Newest with { Step = 24 }, Ended, kept));
    }

    [Fact]
    public void Given_a_job_that_trains_when_a_version_is_chosen_then_those_its_ranks_have_checked_come_first()
    {
        var running = JobEvents.JobIn(JobPhase.Running).Snapshot;
        running = running with { Step = 230, Spec = running.Spec with { CheckEvery = 100 } };
        ImmutableArray<CheckpointEntry> kept = [Entry(20, 0), Entry(30, 1), Entry(31, 1), Entry(229, 9)];
        Assert.Equal([kept[1], kept[0], kept[3], kept[2]], ForkRules.Choose(Newest, running, kept));
        Assert.Equal([kept[3]], ForkRules.Choose(Newest with { Step = 229 }, running, kept));
        var withoutChecks = running with { Spec = running.Spec with { CheckEvery = 0 } };
        Assert.Equal(kept.Reverse(), ForkRules.Choose(Newest, withoutChecks, kept));
    }

    [Fact]
    public void Given_a_missing_version_when_chosen_then_those_there_are_are_named()
    {
        ImmutableArray<CheckpointEntry> kept = [Entry(10, 0), Entry(24, 0), Entry(24, 1)];
        Assert.Equal(
            "Job job-1 has kept no version of step 11. It has kept those of step 10, 24.",
            Assert.Throws<NotFoundException>(() => ForkRules.Choose(Newest with { Step = 11 }, Ended, kept)).Message
        );
        Assert.Equal(
            "Job job-1 has kept no version yet, nor any other: its first checkpoint is still to come.",
            Assert.Throws<NotFoundException>(() => ForkRules.Choose(Newest, Ended, [])).Message
        );
    }

    // 1500 samples in batches of 64 are 24 steps an epoch, 72 in three.
    [Fact]
    public void Given_a_version_at_or_after_the_end_when_checked_then_more_epochs_are_asked_for()
    {
        ForkRules.CheckEnd(Newest, Samples.Spec, Samples.Digits, 71);
        Assert.Contains(
            "its 3 epochs end at step 72. Ask for more epochs",
            Assert
                .Throws<JobRejectedException>(() => ForkRules.CheckEnd(Newest, Samples.Spec, Samples.Digits, 72))
                .Message
        );
        var stopped = Samples.Spec with { StopAtStep = 30 };
        ForkRules.CheckEnd(Newest, stopped, Samples.Digits, 29);
        Assert.Contains(
            "it is to stop at step 30",
            Assert.Throws<JobRejectedException>(() => ForkRules.CheckEnd(Newest, stopped, Samples.Digits, 30)).Message
        );
        var stepped = Samples.Spec.WithSteps(25, Samples.Digits.Splits[Samples.Spec.Dataset.Split]);
        ForkRules.CheckEnd(Newest, stepped, Samples.Digits, 24);
        Assert.Contains(
            "end at step 25",
            Assert.Throws<JobRejectedException>(() => ForkRules.CheckEnd(Newest, stepped, Samples.Digits, 25)).Message
        );
    }

    [Fact]
    public void Given_a_version_in_text_when_read_then_job_and_step_are_apart()
    {
        Assert.Equal(Newest, JobOrigin.Parse("job-1"));
        Assert.Equal(Newest with { Step = 812 }, JobOrigin.Parse("job-1@812"));
        Assert.Equal("job-1@812", JobOrigin.Parse("job-1@812").ToString());
        foreach (var wrong in (string[])["job-1@", "job-1@-1", "job-1@x", "@3", "Job 1"])
        {
            Assert.Throws<ArgumentException>(() => JobOrigin.Parse(wrong));
        }
    }

    private static void Refuses(JobSpec here, string said, DatasetInfo? data = null)
    {
        var error = Assert.Throws<JobRejectedException>(() =>
            ForkRules.Check(Newest, Samples.Spec, Samples.Digits, here, data ?? Samples.Digits)
        );
        Assert.Contains(said, error.Message, StringComparison.Ordinal);
    }

    private static JobSpec With(Optimizer optimizer) =>
        Samples.Spec with
        {
            TrainingGraphJson = Samples.JsonOf(
                Samples.Classifier(10).Compile(optimizer, SparseCategoricalCrossentropy()),
                Shape.Of(8, 8, 1)
            ),
        };

    private static string JsonOf(params Layer[] layers) =>
        Samples.JsonOf(
            Sequential.Of(layers).Compile(Adam(), SparseCategoricalCrossentropy(), [Accuracy()]),
            Shape.Of(8, 8, 1)
        );

    private static CheckpointEntry Entry(long step, int epoch, bool isPackage = false) =>
        new()
        {
            Version = new(step, epoch),
            Artifact = $"{step}-{epoch}-{isPackage}",
            At = Samples.Now,
            IsPackage = isPackage,
        };
}
