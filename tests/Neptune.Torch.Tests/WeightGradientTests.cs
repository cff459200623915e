using TorchSharp;

namespace Neptune.Torch.Tests;

/// <summary>Gradients of weights so large that they are written in tiles.</summary>
public sealed class WeightGradientTests(OneDevice device) : IClassFixture<OneDevice>
{
    [Theory]
    [InlineData(7, 5, false)]
    [InlineData(1500, 1501, false)] // the last tile is short
    [InlineData(1500, 1501, true)]
    [InlineData(3, 1_100_000, false)] // one row is more than a tile
    public Task Given_a_weight_of_any_size_when_its_gradient_is_written_then_it_is_the_product(
        int rows,
        int columns,
        bool accumulates
    ) =>
        device.Run(() =>
        {
            using var noGrad = torch.no_grad();
            var left = torch.tensor(Samples.Floats(4 * rows, 1)).reshape(4, rows);
            var right = torch.tensor(Samples.Floats(4 * columns, 2)).reshape(4, columns);
            var target = torch.full([rows, columns], accumulates ? 1f : float.NaN);
            WeightGradient.Write(target, left, right, accumulates, 2);
            var expected = (left.t().mm(right) * 2) + (accumulates ? 1 : 0);
            Assert.True((target - expected).abs().max().item<float>() < 1e-5);
        });
}
