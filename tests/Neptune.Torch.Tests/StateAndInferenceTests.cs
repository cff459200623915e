using System.Collections.Immutable;
using Neptune.ModelGraph;
using static Neptune.Torch.Tests.Graphs;

namespace Neptune.Torch.Tests;

/// <summary>Weights in and out of a device, and inference packages.</summary>
public sealed class StateAndInferenceTests(OneDevice device) : IClassFixture<OneDevice>
{
    [Fact]
    public Task Given_state_that_does_not_fit_when_imported_then_the_error_names_the_entry() =>
        device.Run(() =>
        {
            using var replica = new Replica(device.Device, Classifier(Mlp(3, 2), new Optimizer.Adam()), 1);
            var (weights, state) = (replica.ExportWeights(), replica.ExportOptimizerState());
            Assert.Equal(
                [
                    "adam.m/dense_1.bias",
                    "adam.m/dense_1.weight",
                    "adam.step",
                    "adam.v/dense_1.bias",
                    "adam.v/dense_1.weight",
                ],
                state.Keys
            );
            Says("lack dense_1.bias", weights.Remove("dense_1.bias"), state);
            Says("hold other", weights.Add("other", weights["dense_1.bias"]), state);
            Says("of shape (2,)", weights.SetItem("dense_1.weight", weights["dense_1.bias"]), state);
            Says("lack adam.step", weights, state.Remove("adam.step"));
            var short_ = weights["dense_1.bias"] with { Bytes = new byte[4] };
            Says("4 bytes for dense_1.bias", weights.SetItem("dense_1.bias", short_), state);

            void Says(
                string what,
                ImmutableSortedDictionary<string, TensorValue> w,
                ImmutableSortedDictionary<string, TensorValue> s
            ) =>
                Assert.Contains(
                    what,
                    Assert.Throws<ArgumentException>(() => replica.ImportState(w, s)).Message,
                    StringComparison.Ordinal
                );
        });

    [Fact]
    public Task Given_a_package_when_it_predicts_then_answers_are_the_replica_s_and_raw_features_are_scaled() =>
        device.Run(() =>
        {
            var graph = Mlp(6, 8, 3);
            using var replica = new Replica(device.Device, Classifier(graph), seed: 3);
            var package = new InferencePackage
            {
                Graph = new()
                {
                    Graph = graph,
                    InputScale = 0.25f,
                    OutputIsLogits = true,
                },
                Weights = replica.ExportWeights(),
                Lineage = new(),
            };
            using var runner = new InferenceRunner(device.Device, package);
            var raw = Samples.Floats(4 * 6);
            float[] scaled = [.. raw.Select(v => v * 0.25f)];
            Assert.Equal(6, runner.FeaturesOfSample);
            Assert.Equal(replica.Predict(scaled, 4), runner.Predict(scaled, 4));
            Assert.Equal(replica.Predict(scaled, 4), runner.Predict(raw, 4, raw: true));
            Assert.Empty(runner.Predict([], 0));
            Assert.Throws<ArgumentException>(() => runner.Predict(raw, 5));
        });

    [Fact]
    public Task Given_an_unknown_operator_when_a_replica_is_made_then_the_error_names_it() =>
        device.Run(() =>
        {
            var graph = Of([2], "y", [2], [Weight("w", 2)], Op("Gem", "y", ["x", "w"]));
            var error = Assert.ThrowsAny<GraphException>(() => new Replica(device.Device, Classifier(graph), 1));
            Assert.Contains("Gem", error.Message, StringComparison.Ordinal);
        });

    [Fact]
    public Task Given_a_learning_rate_when_set_then_the_next_step_takes_it() =>
        device.Run(() =>
        {
            using var replica = new Replica(device.Device, Classifier(Mlp(3, 2)), 1);
            using var exchange = replica.NewExchangeBuffer();
            var before = replica.WeightsSha256();
            replica.LearningRate = 0;
            replica.ForwardBackward(Samples.Batch(2, 3, 2), default, exchange);
            replica.Apply(exchange.Memory);
            Assert.Equal(before, replica.WeightsSha256());
            replica.LearningRate = 0.5f;
            replica.Apply(exchange.Memory);
            Assert.NotEqual(before, replica.WeightsSha256());
        });

    [Fact]
    public Task Given_a_vector_of_another_graph_when_applied_then_the_error_says_both_lengths() =>
        device.Run(() =>
        {
            using var replica = new Replica(device.Device, Classifier(Mlp(3, 2)), 1);
            using var other = new Replica(device.Device, Classifier(Mlp(30, 2)), 1);
            using var foreign = other.NewExchangeBuffer();
            Assert.Throws<ArgumentException>(() => replica.Apply(foreign.Memory));
            Assert.Throws<ArgumentException>(() => replica.ForwardBackward(Samples.Batch(2, 3, 2), default, foreign));
        });
}
