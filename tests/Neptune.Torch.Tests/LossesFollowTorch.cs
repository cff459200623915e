using Neptune.ModelGraph;
using TorchSharp;
using static Neptune.Torch.Tests.Graphs;
using F = TorchSharp.torch.nn.functional;

namespace Neptune.Torch.Tests;

/// <summary>Losses and their gradients next to TorchSharp's.</summary>
public sealed class LossesFollowTorch(OneDevice device) : IClassFixture<OneDevice>
{
    private const int Rows = 6;
    private const int Width = 5;

    [Theory]
    [InlineData(1f)]
    [InlineData(300f)] // a softmax without its maximum taken off would overflow
    public Task Given_logits_when_compared_with_classes_then_loss_and_gradient_are_torch_s(float scale) =>
        device.Run(() =>
        {
            var batch = new ShardBatch(Rows, default) { Classes = Samples.Classes(Rows, Width) };
            Compare(
                new SparseCrossentropy(Width, null),
                batch,
                scale,
                o => F.cross_entropy(o, torch.tensor(batch.Classes.ToArray()), reduction: torch.nn.Reduction.Sum)
            );
        });

    [Fact]
    public Task Given_logits_when_compared_with_distributions_then_loss_and_gradient_are_torch_s() =>
        device.Run(() =>
        {
            var targets = F.softmax(torch.tensor(Samples.Floats(Rows * Width, 3)).reshape(Rows, Width), 1);
            var batch = new ShardBatch(Rows, default) { Targets = targets.data<float>().ToArray() };
            Compare(
                new DistributionCrossentropy(Width),
                batch,
                3,
                o => F.cross_entropy(o, targets, reduction: torch.nn.Reduction.Sum)
            );
        });

    [Fact]
    public Task Given_outputs_when_compared_with_numbers_then_loss_and_gradient_are_torch_s() =>
        device.Run(() =>
        {
            var targets = Samples.Floats(Rows * Width, 3);
            var batch = new ShardBatch(Rows, default) { Targets = targets };
            Compare(
                new MeanSquaredError(Width),
                batch,
                1,
                o => F.mse_loss(o, torch.tensor(targets).reshape(Rows, Width), torch.nn.Reduction.Sum) / Width
            );
        });

    [Fact]
    public Task Given_outputs_when_compared_with_numbers_by_absolute_error_then_loss_and_gradient_are_torch_s() =>
        device.Run(() =>
        {
            var targets = Samples.Floats(Rows * Width, 3);
            Compare(
                new MeanAbsoluteError(Width),
                new(Rows, default) { Targets = targets },
                1,
                o => F.l1_loss(o, torch.tensor(targets).reshape(Rows, Width), torch.nn.Reduction.Sum) / Width
            );
        });

    [Theory]
    [InlineData(1f)]
    [InlineData(0.3f)]
    public Task Given_outputs_when_compared_by_huber_s_loss_then_loss_and_gradient_are_torch_s(float delta) =>
        device.Run(() =>
        {
            var targets = Samples.Floats(Rows * Width, 3);
            Compare(
                new HuberLoss(Width, delta),
                new(Rows, default) { Targets = targets },
                2,
                o => F.huber_loss(o, torch.tensor(targets).reshape(Rows, Width), delta, torch.nn.Reduction.Sum) / Width
            );
        });

    [Theory]
    [InlineData(1f, false)]
    [InlineData(1f, true)]
    [InlineData(300f, false)] // exp of the logit would overflow
    public Task Given_logits_when_compared_with_yes_and_no_then_loss_and_gradient_are_torch_s(float scale, bool sum) =>
        device.Run(() =>
        {
            var targets = Samples.Classes(Rows * Width, 2).Select(c => (float)c).ToArray();
            Compare(
                new BinaryCrossentropy(Width, sum),
                new(Rows, default) { Targets = targets },
                scale,
                o =>
                    F.binary_cross_entropy_with_logits(
                        o,
                        torch.tensor(targets).reshape(Rows, Width),
                        reduction: torch.nn.Reduction.Sum
                    ) / (sum ? 1 : Width)
            );
        });

    [Fact]
    public Task Given_one_output_when_compared_with_two_classes_then_they_are_the_targets() =>
        device.Run(() =>
        {
            var loss = new BinaryCrossentropy(1, sum: false);
            float[] outputs = [0.3f, -2, 1.5f, -0.1f];
            var (one, two) = (new float[4], new float[4]);
            var classes = loss.Compute(outputs, new(4, default) { Classes = new long[] { 1, 0, 0, 1 } }, one, []);
            var targets = loss.Compute(outputs, new(4, default) { Targets = new float[] { 1, 0, 0, 1 } }, two, []);
            Assert.Equal(targets, classes);
            Assert.Equal(two, one);
            Assert.Equal(2, classes.Correct);
            var error = Assert.Throws<ArgumentException>(() =>
                loss.Compute(outputs, new(4, default) { Classes = new long[] { 1, 2, 0, 1 } }, one, [])
            );
            Assert.Contains("Sample 1 has label 2", error.Message, StringComparison.Ordinal);
        });

    [Fact]
    public Task Given_a_graph_that_ends_in_a_sigmoid_when_trained_then_it_is_fused_with_the_loss() =>
        device.Run(() =>
        {
            var logits = Mlp(7, 1);
            var ended = logits with
            {
                Outputs = [new("s", ElementType.Float32, Shape.OfBatch(1))],
                Operations = [.. logits.Operations, Op("Sigmoid", "s", ["dense_1"])],
            };
            var batch = Samples.Batch(5, 7, 2);
            using var one = new Replica(device.Device, Binary(logits, fromLogits: true), seed: 1);
            using var two = new Replica(device.Device, Binary(ended, fromLogits: false), seed: 1);
            using var a = one.NewExchangeBuffer();
            using var b = two.NewExchangeBuffer();
            one.ForwardBackward(batch, default, a);
            two.ForwardBackward(batch, default, b);
            Assert.Equal(a.Span, b.Span);
            var probabilities = one.Predict(batch.Features.Span, 5);
            Assert.Equal(probabilities, two.Predict(batch.Features.Span, 5));
            Assert.All(probabilities, p => Assert.InRange(p, 0, 1));
        });

    private static TrainingGraph Binary(Graph graph, bool fromLogits) =>
        Classifier(graph) with
        {
            Loss = new Loss.BinaryCrossentropy(fromLogits),
        };

    [Fact]
    public Task Given_targets_of_wrong_length_when_compared_then_the_error_says_both() =>
        device.Run(() =>
        {
            var batch = new ShardBatch(2, default) { Targets = new float[3] };
            var error = Assert.Throws<ArgumentException>(() =>
                new MeanSquaredError(2).Compute(new float[4], batch, [], [])
            );
            Assert.Contains("3 target values for 2 samples", error.Message, StringComparison.Ordinal);
        });

    [Theory]
    [InlineData("Softmax")]
    [InlineData("LogSoftmax")]
    public Task Given_a_graph_that_ends_in_a_softmax_when_trained_then_it_is_fused_with_the_loss(string last) =>
        device.Run(() =>
        {
            var logits = Mlp(7, 4);
            var ended = logits with
            {
                Outputs = [new("i", ElementType.Float32, Shape.OfBatch(4))],
                Operations = [.. logits.Operations, Op(last, "s", ["dense_1"]), Op("Identity", "i", ["s"])],
            };
            var probabilities = Classifier(ended) with { Loss = new Loss.SparseCategoricalCrossentropy() };
            using var one = new Replica(device.Device, Classifier(logits), seed: 1);
            using var two = new Replica(device.Device, probabilities, seed: 1);
            using var a = one.NewExchangeBuffer();
            using var b = two.NewExchangeBuffer();
            one.ForwardBackward(Samples.Batch(5, 7, 4), default, a);
            two.ForwardBackward(Samples.Batch(5, 7, 4), default, b);
            Assert.Equal(a.Span, b.Span);
            Assert.Equal(one.Predict(Samples.Floats(14), 2), two.Predict(Samples.Floats(14), 2));
        });

    private static void Compare(
        LossFunction loss,
        ShardBatch batch,
        float scale,
        Func<torch.Tensor, torch.Tensor> reference
    )
    {
        var outputs = torch.tensor(Samples.Floats(Rows * Width, 5)).reshape(Rows, Width) * scale;
        var leaf = outputs.detach().requires_grad_(true);
        var expected = reference(leaf);
        expected.backward();
        var gradient = new float[Rows * Width];
        var sums = loss.Compute(outputs.data<float>().ToArray(), batch, gradient, []);
        Assert.Equal(expected.item<float>(), sums.Loss, 1e-5 * Math.Max(1, sums.Loss));
        Assert.Equal(Rows, sums.Count);
        Close.To(leaf.grad!.data<float>().ToArray(), gradient, 1e-6f, "gradient");
        Assert.Equal(sums.Loss, loss.Compute(outputs.data<float>().ToArray(), batch, [], []).Loss, 1e-9);
    }
}
