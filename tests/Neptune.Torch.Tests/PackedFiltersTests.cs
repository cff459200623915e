using TorchSharp;
using static TorchSharp.torch;

namespace Neptune.Torch.Tests;

/// <summary>Filters that are packed once give what unfolded windows and a matrix product give.</summary>
public sealed class PackedFiltersTests(OneDevice device) : IClassFixture<OneDevice>
{
    private static readonly Gen<(int C, int M, int Kernel, int Stride, int Dilation, int Rows, bool Bias)> Any =
        Gen.Select(
            Gen.Int[1, 20],
            Gen.Int[4, 70],
            Gen.Int[1, 5],
            Gen.Int[1, 2],
            Gen.Int[1, 2],
            Gen.Int[1, 3],
            Gen.Bool
        );

    [Fact]
    public Task Given_any_filters_when_packed_then_the_convolution_is_that_of_unfolded_windows() =>
        device.Run(() =>
            Any.Sample(
                c =>
                {
                    using var scope = NewDisposeScope();
                    using var noGrad = no_grad();
                    var window = new PlainWindow(
                        [c.Kernel, c.Kernel],
                        [c.Stride, c.Stride],
                        [c.Kernel / 2, c.Kernel / 2],
                        [c.Dilation, c.Dilation]
                    );
                    var filters = Values(c.M, c.C, c.Kernel, c.Kernel);
                    if (!PackedFilters.CanPack(filters, window, 1))
                    {
                        return;
                    }
                    var image = Values(c.Rows, c.C, 11, 9);
                    var bias = c.Bias ? Values(c.M) : null;
                    var packed = new PackedFilters(filters, bias);
                    var expected = Convolution.Unfolded(image, filters, bias, window, 1);
                    for (var run = 0; run < 3; run++)
                    {
                        var found = packed.Convolve(image, window);
                        Assert.Equal(expected.shape, found.shape);
                        Assert.InRange(found.sub(expected).abs().max().item<float>(), 0, 1e-3f);
                    }
                    packed.Free();
                },
                iter: 60,
                threads: 1
            )
        );

    [Theory]
    [InlineData(16, 16, 1, true)]
    [InlineData(6, 1, 1, true)]
    [InlineData(3, 1, 1, false)] // zeros would be more than four times what is wanted
    [InlineData(16, 16, 2, false)]
    public Task Given_filters_when_asked_then_those_are_packed_that_can_be_relied_on_and_are_worth_it(
        long outputs,
        long channels,
        long groups,
        bool expected
    ) =>
        device.Run(() =>
        {
            using var filters = zeros(outputs, channels, 3, 3);
            Assert.Equal(expected, PackedFilters.CanPack(filters, new([3, 3], [1, 1], [0, 0], [1, 1]), groups));
        });

    [Fact]
    public Task Given_a_convolution_in_inference_when_run_often_then_no_tensor_is_left() =>
        device.Run(() =>
        {
            var package = RandomNet.Of(3, [0, 5, 0], [0]);
            using var runner = new InferenceRunner(device.Device, package);
            var features = Samples.Floats(2 * runner.FeaturesOfSample);
            var first = runner.Predict(features, 2);
            var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
            for (var run = 0; run < 5; run++)
            {
                Assert.Equal(first, runner.Predict(features, 2));
            }
            Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        });

    private static Tensor Values(params long[] lengths)
    {
        var count = (int)lengths.Aggregate(1L, (a, b) => a * b);
        return tensor(Samples.Floats(count, (ulong)count)).reshape(lengths);
    }
}
