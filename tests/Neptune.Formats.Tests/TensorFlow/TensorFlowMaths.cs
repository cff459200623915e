using TorchSharp;
using static TorchSharp.torch;

namespace Neptune.Formats.Tests;

/// <summary>TensorFlow's computations in TorchSharp's terms; images are (N, H, W, C).</summary>
internal static class TensorFlowMaths
{
    /// <summary>Numbers that look random, and are the same each time.</summary>
    public static float[] Numbers(long count, int seed = 1, float scale = 1) =>
        [.. Enumerable.Range(0, (int)count).Select(i => scale * MathF.Sin((i * 12.9898f) + (seed * 78.233f)))];

    public static Tensor Of(float[] elements, params long[] shape) => tensor(elements).reshape(shape);

    public static Tensor First(Tensor x) => x.permute(0, 3, 1, 2);

    public static Tensor Last(Tensor x) => x.permute(0, 2, 3, 1);

    /// <summary>An image (N, H, W, C) with the padding of SAME.</summary>
    public static Tensor Same(Tensor x, long kernel, long stride, double value = 0, long dilation = 1)
    {
        (long, long) Along(long length)
        {
            var total = Math.Max(
                0,
                (((length + stride - 1) / stride) - 1) * stride + ((kernel - 1) * dilation) + 1 - length
            );
            return (total / 2, total - (total / 2));
        }
        var (top, bottom) = Along(x.shape[1]);
        var (left, right) = Along(x.shape[2]);
        return nn.functional.pad(x, [0, 0, left, right, top, bottom], PaddingModes.Constant, value);
    }

    /// <summary>A convolution without padding; filters are (H, W, C, M).</summary>
    public static Tensor Conv(Tensor x, Tensor filters, long stride = 1, long dilation = 1, long groups = 1) =>
        Last(
            nn.functional.conv2d(
                First(x),
                filters.permute(3, 2, 0, 1),
                strides: [stride, stride],
                dilation: [dilation, dilation],
                groups: groups
            )
        );
}
