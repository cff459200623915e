using System.Collections.Immutable;
using Neptune.ModelGraph;
using static Neptune.Torch.Tests.Graphs;

namespace Neptune.Torch.Tests;

/// <summary>Each metric beside its definition, computed sample by sample and threshold by threshold.</summary>
public sealed class MetricsFollowDefinitions(OneDevice device) : IClassFixture<OneDevice>
{
    private const int Rows = 61;
    private const int Inputs = 7;

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public Task Given_yes_and_no_targets_when_evaluated_then_counts_and_area_are_those_of_the_definition(int outputs) =>
        device.Run(() =>
        {
            var batch = YesNo(outputs);
            var (found, p) = Evaluate(
                Of(
                    outputs,
                    new Loss.BinaryCrossentropy(FromLogits: true),
                    new Metric.BinaryAccuracy(),
                    new Metric.BinaryAccuracy(0.6f),
                    new Metric.Precision(0.4f),
                    new Metric.Recall(),
                    new Metric.Recall(1),
                    new Metric.Auc(),
                    new Metric.MeanAbsoluteError()
                ),
                batch
            );
            var y = batch.Targets.ToArray();
            Assert.Equal(Share(p, y, (a, t) => a > 0.5f == t > 0.5f, (_, _) => true), found["binary_accuracy"], 1e-12);
            Assert.Equal(
                Share(p, y, (a, t) => a > 0.6f == t > 0.5f, (_, _) => true),
                found["binary_accuracy:0.6"],
                1e-12
            );
            Assert.Equal(Share(p, y, (_, t) => t > 0.5f, (a, _) => a > 0.4f), found["precision:0.4"], 1e-12);
            Assert.Equal(Share(p, y, (a, _) => a > 0.5f, (_, t) => t > 0.5f), found["recall"], 1e-12);
            Assert.Equal(0, found["recall:1"]);
            Assert.Equal(KerasArea(p, y), found["auc"], 1e-9);
            Assert.InRange(found["auc"], 0.05, 0.95);
            Assert.Equal(p.Zip(y, (a, t) => Math.Abs((double)a - t)).Average(), found["mean_absolute_error"], 1e-9);
        });

    [Fact]
    public Task Given_numbers_when_evaluated_then_errors_are_those_of_the_definition() =>
        device.Run(() =>
        {
            var batch = new ShardBatch(Rows, Samples.Floats(Rows * Inputs)) { Targets = Samples.Floats(Rows * 3, 8) };
            batch.Targets.Span.ToArray()[0] = 0;
            var (found, p) = Evaluate(
                Of(
                    3,
                    new Loss.MeanSquaredError(),
                    new Metric.MeanAbsoluteError(),
                    new Metric.MeanSquaredError(),
                    new Metric.RootMeanSquaredError(),
                    new Metric.MeanAbsolutePercentageError()
                ),
                batch
            );
            var errors = p.Zip(batch.Targets.ToArray(), (a, t) => (Error: (double)a - t, Target: (double)t)).ToArray();
            var squared = errors.Average(e => e.Error * e.Error);
            Assert.Equal(errors.Average(e => Math.Abs(e.Error)), found["mean_absolute_error"], 1e-12);
            Assert.Equal(squared, found["mean_squared_error"], 1e-12);
            Assert.Equal(Math.Sqrt(squared), found["root_mean_squared_error"], 1e-12);
            Assert.Equal(
                errors.Average(e => Math.Abs(e.Error) / Math.Max(Math.Abs(e.Target), 1e-7)) * 100,
                found["mean_absolute_percentage_error"],
                1e-6
            );
        });

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(9)]
    public Task Given_classes_when_evaluated_then_the_label_is_among_the_first_k_as_sorting_says(int k) =>
        device.Run(() =>
        {
            const int classes = 6;
            var batch = Samples.Batch(Rows, Inputs, classes);
            var (found, p) = Evaluate(
                Of(
                    classes,
                    new Loss.SparseCategoricalCrossentropy(FromLogits: true, IgnoreIndex: 2),
                    new Metric.TopKAccuracy(k)
                ),
                batch
            );
            var oneHot = Samples.Batch(Rows, Inputs, classes) with { Targets = OneHot(batch.Classes.Span, classes) };
            var (whole, _) = Evaluate(
                Of(classes, new Loss.CategoricalCrossentropy(FromLogits: true), new Metric.TopKAccuracy(k)),
                oneHot
            );
            var ranks = p.Chunk(classes)
                .Zip(batch.Classes.ToArray())
                .Select(s => (Label: s.Second, Rank: s.First.OrderDescending().ToList().IndexOf(s.First[s.Second])))
                .ToArray();
            Assert.Equal(
                ranks.Where(r => r.Label != 2).Average(r => r.Rank < k ? 1.0 : 0),
                found[$"top_k_accuracy:{k}"],
                1e-12
            );
            Assert.Equal(ranks.Average(r => r.Rank < k ? 1.0 : 0), whole[$"top_k_accuracy:{k}"], 1e-12);
        });

    [Fact]
    public Task Given_one_output_and_class_labels_when_evaluated_then_they_are_its_targets() =>
        device.Run(() =>
        {
            var graph = Of(1, new Loss.BinaryCrossentropy(FromLogits: true), new Metric.Auc(), new Metric.Precision());
            var labelled = Samples.Batch(Rows, Inputs, 2);
            var targets = labelled with { Targets = labelled.Classes.ToArray().Select(c => (float)c).ToArray() };
            Assert.Equal(Evaluate(graph, targets).Found, Evaluate(graph, labelled).Found);
        });

    [Fact]
    public Task Given_a_passing_shard_when_trained_then_the_exchanged_sums_are_those_of_an_evaluation() =>
        device.Run(() =>
        {
            var batch = YesNo(4);
            using var replica = new Replica(
                device.Device,
                Of(4, new Loss.BinaryCrossentropy(FromLogits: true), new Metric.Auc(), new Metric.Recall()),
                seed: 3
            );
            using var exchange = replica.NewExchangeBuffer();
            exchange.Control[0] = 7;
            replica.ForwardBackward(batch, new(1, 0, 0, 0), exchange);
            var evaluated = replica.Evaluate(batch).Metrics;
            Assert.Equal(398 + 4, replica.Metrics.Length);
            Assert.Equal(Rows * 4, evaluated.Take(398).Sum());
            Assert.Equal(
                evaluated.Select(sum => (float)sum),
                replica.MetricSumsOf(exchange.Span).ToArray().AsEnumerable()
            );
            Assert.Equal(-1, exchange.Control.IndexOfAnyExcept(0f));
            replica.ForwardBackward(new(0, default), new(1, 0, 0, 0), exchange);
            Assert.Equal(-1, replica.MetricSumsOf(exchange.Span).IndexOfAnyExcept(0f));
        });

    [Fact]
    public Task Given_only_one_kind_of_target_when_measured_then_shares_of_nothing_are_zero() =>
        device.Run(() =>
        {
            var batch = YesNo(1) with { Targets = new float[Rows] };
            var graph = Of(
                1,
                new Loss.BinaryCrossentropy(FromLogits: true),
                new Metric.Auc(),
                new Metric.Recall(),
                new Metric.Precision(1)
            );
            Assert.All(Evaluate(graph, batch).Found.Values, value => Assert.Equal(0, value));
        });

    private (Dictionary<string, double> Found, float[] Answers) Evaluate(TrainingGraph graph, ShardBatch batch)
    {
        using var replica = new Replica(device.Device, graph, seed: 3);
        var sums = replica.Evaluate(batch).Metrics;
        return (
            replica.Metrics.ValuesOf(sums.AsSpan()).ToDictionary(m => m.Name, m => m.Value),
            replica.Predict(batch.Features.Span, batch.Rows)
        );
    }

    private static TrainingGraph Of(int outputs, Loss loss, params ImmutableArray<Metric> metrics) =>
        new()
        {
            Graph = Mlp(Inputs, 16, outputs),
            Loss = loss,
            Optimizer = new Optimizer.Sgd(0.1f),
            Metrics = metrics,
        };

    private static ShardBatch YesNo(int outputs) =>
        new(Rows, Samples.Floats(Rows * Inputs))
        {
            Targets = Samples.Classes(Rows * outputs, 2).Select(c => (float)c).ToArray(),
        };

    private static float[] OneHot(ReadOnlySpan<long> classes, int count)
    {
        var targets = new float[classes.Length * count];
        for (var n = 0; n < classes.Length; n++)
        {
            targets[(n * count) + classes[n]] = 1;
        }
        return targets;
    }

    private static double Share(
        float[] answers,
        float[] targets,
        Func<float, float, bool> isCounted,
        Func<float, float, bool> isOfWhole
    ) =>
        answers
            .Zip(targets)
            .Where(pair => isOfWhole(pair.First, pair.Second))
            .Average(pair => isCounted(pair.First, pair.Second) ? 1.0 : 0);

    // As keras.metrics.AUC documents it: rates at each of 200 thresholds, and trapezoids.
    private static double KerasArea(float[] answers, float[] targets)
    {
        double[] thresholds = [-1e-7, .. Enumerable.Range(1, 198).Select(i => i / 199.0), 1 + 1e-7];
        var rates = thresholds
            .Select(threshold =>
                (
                    True: Share(answers, targets, (a, _) => a > threshold, (_, t) => t > 0.5f),
                    False: Share(answers, targets, (a, _) => a > threshold, (_, t) => t <= 0.5f)
                )
            )
            .ToArray();
        return rates.Zip(rates.Skip(1), (low, high) => (low.False - high.False) * (low.True + high.True) / 2).Sum();
    }
}
