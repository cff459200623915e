using Neptune.Contracts;
using Neptune.ModelGraph;
using static Neptune.ModelGraph.Activation;
using static Neptune.ModelGraph.Layers;

namespace Neptune.Planning.Tests;

public sealed class JobSpecRulesTests
{
    [Fact]
    public void Given_a_spec_that_fits_its_data_when_checked_then_it_passes() =>
        JobSpecRules.Check(Samples.Spec, Samples.Digits);

    [Fact]
    public void Given_a_batch_as_large_as_the_training_samples_when_checked_then_it_passes() =>
        JobSpecRules.Check(Samples.Spec with { PerDeviceBatchSize = 375, Shards = 4 }, Samples.Digits);

    [Theory]
    [InlineData(0)]
    [InlineData(-3)]
    public void Given_no_epochs_when_checked_then_the_message_asks_for_one(int epochs) =>
        Refuses(Samples.Spec with { Epochs = epochs }, $"epochs is {epochs}. Train for at least 1.");

    [Fact]
    public void Given_steps_when_checked_then_they_must_end_in_the_last_epoch()
    {
        var samples = Samples.Digits.Splits[Samples.Spec.Dataset.Split];
        var ofEpoch = Samples.Spec.StepsPerEpoch(samples);
        JobSpecRules.Check(Samples.Spec.WithSteps(ofEpoch, samples), Samples.Digits);
        JobSpecRules.Check(Samples.Spec.WithSteps(ofEpoch + 1, samples), Samples.Digits);
        Assert.Equal(2, Samples.Spec.WithSteps(ofEpoch + 1, samples).Epochs);
        Refuses(Samples.Spec.WithSteps(0, samples), "it trains 0 steps. Train for at least 1.");
        Refuses(
            Samples.Spec with
            {
                Steps = ofEpoch + 1,
                Epochs = 3,
            },
            $"it trains {ofEpoch + 1} steps, which end in epoch 2 of {ofEpoch} steps each, and epochs is 3. Make epochs 2"
        );
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(1025)]
    public void Given_nodes_out_of_range_when_checked_then_the_message_gives_the_range(int nodes) =>
        Refuses(Samples.Spec with { Nodes = nodes }, $"nodes is {nodes}. Ask for 1 to 1024.");

    [Theory]
    [InlineData(0)]
    [InlineData(65537)]
    public void Given_shards_out_of_range_when_checked_then_the_message_gives_the_range(int shards) =>
        Refuses(Samples.Spec with { Shards = shards }, $"shards is {shards}. Use 1 to 65536.");

    [Theory]
    [InlineData(0)]
    [InlineData((1 << 20) + 1)]
    public void Given_a_batch_size_out_of_range_when_checked_then_the_message_gives_the_range(int size) =>
        Refuses(
            Samples.Spec with
            {
                PerDeviceBatchSize = size,
            },
            $"the per-device batch size is {size}. Use 1 to 1048576."
        );

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1)]
    [InlineData(double.NaN)]
    public void Given_a_validation_split_out_of_range_when_checked_then_the_message_gives_the_range(double split) =>
        Refuses(
            Samples.Spec with
            {
                ValidationSplit = split,
            },
            $"the validation split is {split}. Use at least 0 and less than 1, such as 0.1."
        );

    [Theory]
    [InlineData(0)]
    [InlineData(-2)]
    public void Given_a_retention_of_nothing_when_checked_then_the_message_asks_for_one(int last) =>
        Refuses(
            Samples.Spec with
            {
                Retention = new() { Last = last },
            },
            $"it keeps the last {last} checkpoints. Keep at least 1."
        );

    [Fact]
    public void Given_times_that_cannot_be_when_checked_then_the_message_gives_them()
    {
        Refuses(
            Samples.Spec with
            {
                Retention = new() { Every = TimeSpan.Zero },
            },
            "it keeps one checkpoint of every 00:00:00. Give a time above 0, or none."
        );
        Refuses(
            Samples.Spec with
            {
                CheckpointInterval = TimeSpan.FromSeconds(-1),
            },
            "the time between checkpoints is -00:00:01. Use 0 or more."
        );
    }

    [Fact]
    public void Given_an_unknown_split_when_checked_then_the_message_offers_the_nearest() =>
        Refuses(
            Samples.Spec with
            {
                Dataset = Samples.Spec.Dataset.WithSplit("trian"),
            },
            "Data set digits has no split 'trian'. Did you mean train?"
        );

    [Fact]
    public void Given_a_batch_larger_than_the_data_when_checked_then_the_message_gives_both_numbers() =>
        Refuses(
            Samples.Spec with
            {
                PerDeviceBatchSize = 376,
                Shards = 4,
            },
            "the global batch of 1504 samples (4 shards of 376) is larger than the 1500 training samples of digits:train. "
                + "Use fewer shards or a smaller per-device batch."
        );

    [Fact]
    public void Given_a_validation_split_when_checked_then_only_what_is_left_counts_as_training_samples() =>
        Refuses(
            Samples.Spec with
            {
                PerDeviceBatchSize = 375,
                Shards = 4,
                ValidationSplit = 0.1,
            },
            "larger than the 1350 training samples"
        );

    [Fact]
    public void Given_a_batch_beyond_32_bits_when_checked_then_it_is_refused_by_its_true_size() =>
        Refuses(
            Samples.Spec with
            {
                PerDeviceBatchSize = 1 << 20,
                Shards = 65536,
            },
            "the global batch of 68719476736 samples"
        );

    [Fact]
    public void Given_an_input_of_another_shape_when_checked_then_the_message_gives_both_shapes() =>
        Refuses(
            Samples.Spec with
            {
                TrainingGraphJson = Samples.JsonOf(Samples.Classifier(10), Shape.Of(28, 28, 1)),
            },
            "the model's input is (28, 28, 1), and the samples of digits are (8, 8, 1)."
        );

    [Theory]
    [InlineData(9)]
    [InlineData(11)]
    public void Given_other_units_than_classes_when_checked_then_the_message_says_how_many_to_give(int units) =>
        Refuses(
            Samples.Spec with
            {
                TrainingGraphJson = Samples.JsonOf(Samples.Classifier(units), Shape.Of(8, 8, 1)),
            },
            $"the model's output has {units} units, and digits has 10 classes. Give the last layer 10 units."
        );

    [Fact]
    public void Given_a_loss_over_classes_and_data_with_target_values_when_checked_then_the_message_names_the_other_loss() =>
        Refuses(
            Samples.Spec,
            "the loss needs classes, and digits has target values. Use mean_squared_error.",
            Samples.Digits with
            {
                Labels = [],
            }
        );

    [Fact]
    public void Given_a_loss_over_values_and_data_with_classes_when_checked_then_the_message_names_the_other_loss() =>
        Refuses(
            Samples.Spec with
            {
                TrainingGraphJson = Regression,
            },
            "the loss needs target values, and digits has classes. Use sparse_categorical_crossentropy."
        );

    [Theory]
    [InlineData(1, 2, true)]
    [InlineData(1, 10, false)]
    [InlineData(2, 2, false)]
    public void Given_a_loss_of_yes_and_no_when_checked_then_it_takes_two_classes_for_one_output(
        int units,
        int classes,
        bool isGood
    )
    {
        var model = Sequential.Of(Layers.Flatten(), Layers.Dense(units));
        model.Compile(Layers.Adam(), Layers.BinaryCrossentropy(fromLogits: true));
        var spec = Samples.Spec with { TrainingGraphJson = Samples.JsonOf(model, Shape.Of(8, 8, 1)) };
        var data = Samples.Digits with { Labels = Samples.Digits.Labels[..classes] };
        if (isGood)
        {
            JobSpecRules.Check(spec, data);
        }
        else
        {
            Refuses(spec, $"takes 2 classes and a model of one output, and digits has {classes} classes", data);
        }
    }

    [Fact]
    public void Given_a_loss_over_values_and_data_with_target_values_when_checked_then_it_passes() =>
        JobSpecRules.Check(Samples.Spec with { TrainingGraphJson = Regression }, Samples.Digits with { Labels = [] });

    [Theory]
    [InlineData("")]
    [InlineData("no graph")]
    [InlineData("{}")]
    [InlineData("[1, 2]")]
    public void Given_no_training_graph_when_checked_then_the_job_is_refused(string json)
    {
        var error = Assert.Throws<JobRejectedException>(() =>
            JobSpecRules.Check(Samples.Spec with { TrainingGraphJson = json }, Samples.Digits)
        );
        Assert.IsType<GraphException>(error.InnerException);
        Assert.NotEmpty(error.Message);
    }

    [Fact]
    public void Given_any_samples_and_split_when_cut_then_training_and_validation_make_the_whole() =>
        Gen.Select(Gen.Int[0, 1_000_000], Gen.Double[0, 0.999])
            .Sample(
                (samples, split) =>
                {
                    var training = JobSpec.TrainingSamples(samples, split);
                    Assert.InRange(training, 0, samples);
                    Assert.InRange(samples - training, (samples * split) - 1, samples * split);
                }
            );

    private static string Regression =>
        Samples.JsonOf(
            Sequential.Of(Flatten(), Dense(8, Relu), Dense(1)).Compile(Adam(), MeanSquaredError()),
            Shape.Of(8, 8, 1)
        );

    private static void Refuses(JobSpec spec, string message, DatasetInfo? dataset = null)
    {
        var error = Assert.Throws<JobRejectedException>(() => JobSpecRules.Check(spec, dataset ?? Samples.Digits));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }
}
