using Neptune.ModelGraph;
using TorchSharp;
using static Neptune.Torch.Tests.Graphs;
using F = TorchSharp.torch.nn.functional;

namespace Neptune.Torch.Tests;

/// <summary>A shard is normalised by its own statistics; running ones change with the reduced sums.</summary>
public sealed class BatchNormalizationTests(OneDevice device) : IClassFixture<OneDevice>
{
    private static TrainingGraph Graph(params long[] sample) =>
        new()
        {
            Graph = Of(
                sample,
                "y",
                sample,
                [
                    Weight("p", sample),
                    Weight("gamma", sample[0]),
                    Weight("beta", sample[0]),
                    Weight("mean", false, sample[0]),
                    Weight("var", false, sample[0]) with
                    {
                        Initializer = Initializer.Ones,
                    },
                ],
                Op("Add", "h", ["x", "p"]),
                Op(
                    "BatchNormalization",
                    "y",
                    ["h", "gamma", "beta", "mean", "var"],
                    ("momentum", 0.8f),
                    ("epsilon", 1e-3f)
                )
            ),
            Loss = new Loss.MeanSquaredError(),
            Optimizer = new Optimizer.Sgd(0.01f),
        };

    [Theory]
    [InlineData(3)]
    [InlineData(3, 4, 5)]
    public Task Given_a_shard_when_trained_then_outputs_gradients_and_running_statistics_are_those_of_torch(
        params int[] sample
    ) =>
        device.Run(() =>
        {
            long[] shape = [.. sample.Select(s => (long)s)];
            using var replica = new Replica(device.Device, Graph(shape), seed: 4);
            using var exchange = replica.NewExchangeBuffer();
            var weights = replica.ExportWeights();
            torch.Tensor Of(string name, bool grad) =>
                torch
                    .tensor(weights[name].Floats.ToArray())
                    .reshape(weights[name].Shape.ToArray())
                    .detach()
                    .requires_grad_(grad);
            var width = sample.Aggregate(1, (a, b) => a * b);
            var features = Samples.Floats(6 * width);
            var targets = Samples.Floats(6 * width, 9);
            var (p, gamma, beta) = (Of("p", true), Of("gamma", true), Of("beta", true));
            var (mean, var) = (Of("mean", false), Of("var", false));
            var h = torch.tensor(features).reshape([6, .. shape]) + p;
            var inferred = F.batch_norm(h, mean, var, gamma, beta, false, 0, 1e-3).detach();
            Close.To(inferred.data<float>().ToArray(), replica.Predict(features, 6), 1e-5f, "inference");

            replica.ForwardBackward(new(6, features) { Targets = targets }, default, exchange);
            var y = F.batch_norm(h, mean, var, gamma, beta, true, 0.2, 1e-3);
            ((y - torch.tensor(targets).reshape(y.shape)).pow(2).sum() / width).backward();

            foreach (var (name, tensor) in new[] { ("p", p), ("gamma", gamma), ("beta", beta) })
            {
                var slice = exchange.Layout.Trainable.Slices.Single(s => s.Parameter.Name == name);
                Close.To(
                    tensor.grad!.contiguous().data<float>().ToArray(),
                    exchange.Span.Slice(slice.Offset, slice.Length),
                    2e-5f,
                    name
                );
            }
            Assert.Equal(weights["mean"].Floats, replica.ExportWeights()["mean"].Floats);
            replica.Apply(exchange.Span);
            Close.To(mean.data<float>().ToArray(), replica.ExportWeights()["mean"].Floats, 1e-5f, "running mean");
            Close.To(var.data<float>().ToArray(), replica.ExportWeights()["var"].Floats, 1e-5f, "running variance");
        });

    [Fact]
    public Task Given_shards_of_unequal_rows_when_reduced_then_statistics_are_weighted_by_rows() =>
        device.Run(() =>
        {
            using var replica = new Replica(device.Device, Graph(1), seed: 4);
            using var one = replica.NewExchangeBuffer();
            using var two = replica.NewExchangeBuffer();
            var p = replica.ExportWeights()["p"].Floats[0];
            var before = replica.ExportWeights()["mean"].Floats[0];
            replica.ForwardBackward(new(1, new float[] { 5 }) { Targets = new float[1] }, default, one);
            replica.ForwardBackward(new(3, new float[] { 1, 2, 3 }) { Targets = new float[3] }, default, two);
            System.Numerics.Tensors.TensorPrimitives.Add(one.Span, two.Span, one.Span);
            replica.Apply(one.Span);
            var weights = replica.ExportWeights();
            Assert.Equal((before * 0.8f) + (0.2f * (((5 + (3 * 2f)) / 4) + p)), weights["mean"].Floats[0], 1e-5f);
            // The shard of one sample has no variance; that of three has 1.
            Assert.Equal(0.8f + (0.2f * 3 / 4), weights["var"].Floats[0], 1e-5f);
        });
}
