using System.Collections.Concurrent;
using Neptune.ModelGraph;
using TorchSharp;

namespace Neptune.Torch;

/// <summary>
/// Tries libtorch's convolution on a small image of the same channels and window before it is relied on. With libtorch
/// 2.10 (oneDNN 3.7.1) some processors get wrong numbers without an error where channels are no multiple of the vector's
/// width: measured on an AMD EPYC with AVX-512, gradients of images of 2 channels were off by half. Such convolutions are
/// computed the other way (<see cref="Convolution.Unfolded"/>). The answer is part of the device's numerics: the
/// fingerprint's probe holds such a convolution.
/// </summary>
internal static class ConvolutionCheck
{
    private const int Windows = 9; // along each axis: enough to fill vectors and to leave a rest
    private const double Tolerance = 1e-3; // of the largest element; float32 sums stay below 1e-5

    private static readonly ConcurrentDictionary<string, bool> Answers = new(StringComparer.Ordinal);

    /// <summary>True where outputs and gradients are those of unfolded windows in double precision.</summary>
    /// <param name="image">What is convolved; only its shape matters.</param>
    /// <param name="filters">The filters; only their shape matters.</param>
    /// <param name="window">The window.</param>
    /// <param name="groups">The groups.</param>
    /// <param name="threads">The device's threads.</param>
    /// <param name="imageGradient">True where the image's gradient is wanted too.</param>
    public static bool IsRight(
        torch.Tensor image,
        torch.Tensor filters,
        SpatialWindow window,
        long groups,
        int threads,
        bool imageGradient
    )
    {
        long[] shape = [2, image.size(1), Side(image.size(2), 0), Side(image.size(3), 1)];
        var key = string.Join(
            ' ',
            string.Join(',', shape),
            string.Join(',', filters.shape),
            string.Join(',', [.. window.Strides, .. window.Padding, .. window.Dilations]),
            $"{groups} {threads} {imageGradient}"
        );
        return Answers.GetOrAdd(key, _ => Compare(shape, filters.shape, window, groups, imageGradient));

        long Side(long length, int axis) =>
            Math.Min(
                length,
                ((window.Kernel[axis] - 1) * window.Dilations[axis]) + 1 + (Windows * window.Strides[axis])
            );
    }

    private static bool Compare(
        long[] imageShape,
        long[] filterShape,
        SpatialWindow window,
        long groups,
        bool imageGradient
    )
    {
        using var scope = torch.NewDisposeScope();
        using var grad = torch.enable_grad();
        var native = Run(
            torch.float32,
            (x, w) => Convolution.Native(TensorMemory.WithChannelsLast(x), w, null, window, groups)
        );
        var exact = Run(torch.float64, (x, w) => Convolution.Unfolded(x, w, null, window, groups));
        return native.Zip(exact).All(pair => Agree(pair.First, pair.Second));

        torch.Tensor[] Run(torch.ScalarType type, Func<torch.Tensor, torch.Tensor, torch.Tensor> convolve)
        {
            var x = Draw(imageShape, "image", type).requires_grad_(imageGradient);
            var w = Draw(filterShape, "filters", type).requires_grad_(true);
            var y = convolve(x, w);
            (y * y).sum().backward();
            return imageGradient ? [y, w.grad!, x.grad!] : [y, w.grad!];
        }
    }

    private static torch.Tensor Draw(long[] shape, string purpose, torch.ScalarType type)
    {
        var random = new KeyedRandom(KeyedRandom.Key(1, purpose));
        var values = new float[shape.Aggregate(1L, (a, b) => a * b)];
        foreach (ref var value in values.AsSpan())
        {
            value = (float)random.NextDouble() - 0.5f;
        }
        return torch.tensor(values).reshape(shape).to(type).detach();
    }

    private static bool Agree(torch.Tensor native, torch.Tensor exact)
    {
        var difference = (native.to(torch.float64) - exact).abs().max().item<double>();
        return difference <= Tolerance * exact.abs().max().item<double>(); // false for a NaN
    }
}
