using System.Numerics.Tensors;
using Neptune.ModelGraph;
using TorchSharp;
using static Neptune.Torch.Tests.Graphs;

namespace Neptune.Torch.Tests;

/// <summary>Sums over shards, and what becomes of batches that are short, empty or wrong.</summary>
public sealed class ReplicaSums(OneDevice device) : IClassFixture<OneDevice>
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(8)]
    [InlineData(11)] // one shard is short and some are empty
    public Task Given_many_shards_when_added_along_the_tree_then_the_gradient_is_that_of_the_whole_batch(int shards) =>
        device.Run(() =>
        {
            using var replica = new Replica(device.Device, Classifier(Mlp(13, 17, 5)), seed: 3);
            using var plain = new PlainMlp(replica);
            var batch = Samples.Batch(45, 13, 5);

            var sum = TreeSum(replica, Samples.Split(batch, shards));

            var loss = plain.Loss(batch, torch.nn.Reduction.Sum);
            loss.backward();
            var layout = new FlatLayout(replica.Graph.Graph.Parameters);
            foreach (var (name, expected) in plain.Gradients())
            {
                var slice = layout.Slices.Single(s => s.Parameter.Name == name);
                Close.To(expected, sum.AsSpan(slice.Offset, slice.Length), 1e-5f, name);
            }
            var outcome = replica.Apply(sum);
            Assert.Equal(45, outcome.Count);
            Assert.Equal(loss.item<float>(), outcome.LossSum, 1e-3);
        });

    [Fact]
    public Task Given_a_backward_pass_when_parts_are_told_final_then_they_are_and_cover_all_gradients_once() =>
        device.Run(() =>
        {
            using var replica = new Replica(device.Device, Classifier(Mlp(600, 300, 200, 5)), seed: 3);
            using var exchange = replica.NewExchangeBuffer();
            var told = new List<(int Start, int End, float[] Values)>();
            exchange.Span.Fill(float.NaN);
            replica.ForwardBackward(
                Samples.Batch(8, 600, 5),
                new(1, 0, 0, 0),
                exchange,
                (start, end) => told.Add((start, end, exchange.Span[start..end].ToArray()))
            );
            Assert.True(told.Count > 1, "a large model's gradients come in several parts");
            var next = 0;
            foreach (var (start, end, values) in told.OrderBy(t => t.Start))
            {
                Assert.Equal(next, start);
                Assert.Equal(exchange.Span[start..end].ToArray(), values);
                next = end;
            }
            Assert.Equal(replica.GradientLength, next);
        });

    [Fact]
    public Task Given_an_empty_shard_when_computed_then_all_is_zero() =>
        device.Run(() =>
        {
            using var replica = new Replica(device.Device, Classifier(Mlp(3, 2)), seed: 3);
            using var exchange = replica.NewExchangeBuffer();
            exchange.Span.Fill(1);
            Assert.Equal(default, replica.ForwardBackward(new(0, default), new(1, 0, 0, 0), exchange));
            Assert.False(exchange.Span.ContainsAnyExcept(0f));
        });

    [Fact]
    public Task Given_no_counted_sample_when_applied_then_nothing_changes() =>
        device.Run(() =>
        {
            var graph = Classifier(Mlp(3, 2), new Optimizer.AdamW(), ignore: -1);
            using var replica = new Replica(device.Device, graph, seed: 3);
            using var exchange = replica.NewExchangeBuffer();
            var (weights, state) = (replica.WeightsSha256(), replica.ExportOptimizerState());
            var batch = new ShardBatch(2, new float[6]) { Classes = new long[] { -1, -1 } };
            replica.ForwardBackward(batch, new(1, 0, 0, 0), exchange);
            Assert.False(replica.Apply(exchange.Span).Applied);
            Assert.Equal(weights, replica.WeightsSha256());
            Assert.All(
                state,
                s => Assert.Equal(s.Value.Bytes.ToArray(), replica.ExportOptimizerState()[s.Key].Bytes.ToArray())
            );
        });

    [Fact]
    public Task Given_an_ignored_class_when_trained_then_its_samples_count_for_nothing() =>
        device.Run(() =>
        {
            using var replica = new Replica(device.Device, Classifier(Mlp(6, 8, 3), ignore: 1), seed: 3);
            using var all = replica.NewExchangeBuffer();
            using var some = replica.NewExchangeBuffer();
            var features = Samples.Floats(24);
            var batch = new ShardBatch(4, features) { Classes = new long[] { 0, 1, 2, 1 } };
            float[] kept = [.. features[..6], .. features[12..18]];
            var fewer = new ShardBatch(2, kept) { Classes = new long[] { 0, 2 } };

            var outcome = replica.ForwardBackward(batch, new(1, 0, 0, 0), all);
            var expected = replica.ForwardBackward(fewer, new(1, 0, 0, 0), some);

            Assert.Equal((2, expected.Correct), (outcome.Count, outcome.Correct));
            Assert.Equal(expected.LossSum, outcome.LossSum, 1e-5);
            var weights = all.Layout.Trainable.Length;
            Close.To(some.Span[..weights], all.Span[..weights], 1e-6f, "gradient");
            Assert.Equal(2, replica.Evaluate(batch).Count);
        });

    [Theory]
    [InlineData(3)]
    [InlineData(-1)]
    public Task Given_a_label_out_of_range_when_trained_then_the_error_names_sample_value_and_classes(long label) =>
        device.Run(() =>
        {
            using var replica = new Replica(device.Device, Classifier(Mlp(2, 3)), seed: 3);
            using var exchange = replica.NewExchangeBuffer();
            var batch = new ShardBatch(2, new float[4]) { Classes = new[] { 0, label }, FirstSample = 100 };
            var error = Assert.Throws<ArgumentException>(() => replica.ForwardBackward(batch, default, exchange));
            Assert.Contains(
                $"Sample 101 has label {label}, and the graph has 3 classes",
                error.Message,
                StringComparison.Ordinal
            );
        });

    [Theory]
    [InlineData(2, 3, 2, "holds 3 feature values for 2 samples")]
    [InlineData(2, 4, 1, "holds 1 class numbers")]
    public Task Given_a_batch_of_wrong_lengths_when_trained_then_the_error_says_both(
        int rows,
        int features,
        int classes,
        string said
    ) =>
        device.Run(() =>
        {
            using var replica = new Replica(device.Device, Classifier(Mlp(2, 3)), seed: 3);
            using var exchange = replica.NewExchangeBuffer();
            var batch = new ShardBatch(rows, new float[features]) { Classes = new long[classes] };
            var error = Assert.Throws<ArgumentException>(() => replica.ForwardBackward(batch, default, exchange));
            Assert.Contains(said, error.Message, StringComparison.Ordinal);
        });

    [Fact]
    public Task Given_a_loss_that_is_not_finite_when_computed_then_the_first_spoilt_parameter_is_named() =>
        device.Run(() =>
        {
            using var replica = new Replica(device.Device, Classifier(Mlp(2, 4, 3)), seed: 3);
            using var exchange = replica.NewExchangeBuffer();
            float[] features = [1, float.NaN];
            var batch = new ShardBatch(1, features) { Classes = new long[] { 0 } };
            var outcome = replica.ForwardBackward(batch, default, exchange);
            Assert.True(double.IsNaN(outcome.LossSum));
            Assert.Equal("dense_1.weight", outcome.NonFiniteParameter);
            Assert.Equal("dense_1.weight", replica.Apply(exchange.Span).NonFiniteParameter);
        });

    [Fact]
    public Task Given_finite_numbers_when_trained_then_no_parameter_is_named() =>
        device.Run(() =>
        {
            using var replica = new Replica(device.Device, Classifier(Mlp(2, 3)), seed: 3);
            using var exchange = replica.NewExchangeBuffer();
            var outcome = replica.ForwardBackward(Samples.Batch(4, 2, 3), default, exchange);
            Assert.Null(outcome.NonFiniteParameter);
            Assert.Null(replica.Apply(exchange.Span).NonFiniteParameter);
        });

    [Fact]
    public Task Given_control_slots_when_a_shard_is_computed_then_they_are_zero_and_lie_in_the_vector() =>
        device.Run(() =>
        {
            using var replica = new Replica(device.Device, Classifier(Mlp(2, 3)), seed: 3);
            using var exchange = replica.NewExchangeBuffer();
            exchange.Control.Fill(5);
            Assert.Equal(76, exchange.Span.Count(5f));
            replica.ForwardBackward(Samples.Batch(4, 2, 3), default, exchange);
            Assert.False(exchange.Control.ContainsAnyExcept(0f));
        });

    [Fact]
    public Task Given_samples_when_evaluated_then_sums_and_confusion_are_right() =>
        device.Run(() =>
        {
            using var replica = new Replica(device.Device, Classifier(Mlp(5, 8, 3)), seed: 3);
            using var plain = new PlainMlp(replica);
            var batch = Samples.Batch(30, 5, 3);
            var sums = replica.Evaluate(batch);
            var probabilities = replica.Predict(batch.Features.Span, 30);
            Assert.Equal(plain.Loss(batch, torch.nn.Reduction.Sum).item<float>(), sums.LossSum, 1e-4);
            Assert.Equal(30, sums.Confusion.Sum());
            Assert.Equal(sums.Correct, sums.Confusion[0] + sums.Confusion[4] + sums.Confusion[8]);
            Assert.All(probabilities.Chunk(3), row => Assert.Equal(1, row.Sum(), 1e-5));
            Assert.Equal(
                sums.Correct,
                probabilities
                    .Chunk(3)
                    .Select(row => row.IndexOf(row.Max()))
                    .Zip(batch.Classes.ToArray())
                    .Count(p => p.First == p.Second)
            );
            var halves = Samples.Split(batch, 2);
            var joined = replica.Evaluate(halves[0]).Add(replica.Evaluate(halves[1])).Add(EvaluationSums.Zero);
            Assert.Equal((30, sums.Correct), (joined.Count, joined.Correct));
            Assert.Equal(sums.Confusion, joined.Confusion);
        });

    private static float[] TreeSum(Replica replica, ShardBatch[] shards)
    {
        using var exchange = replica.NewExchangeBuffer();
        return Sum(0, shards.Length);

        float[] Sum(int low, int high)
        {
            if (high - low == 1)
            {
                replica.ForwardBackward(shards[low], new(1, 0, 0, low), exchange);
                return exchange.Span.ToArray();
            }
            var middle = low + ((high - low) / 2);
            var sum = Sum(low, middle);
            TensorPrimitives.Add(sum, Sum(middle, high), sum);
            return sum;
        }
    }
}
