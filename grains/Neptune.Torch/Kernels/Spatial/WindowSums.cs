using Neptune.ModelGraph;
using TorchSharp;

namespace Neptune.Torch;

/// <summary>The sum under each window of a padded input: axis after axis, always in the same order.</summary>
internal static class WindowSums
{
    public static torch.Tensor Of(torch.Tensor padded, Window window)
    {
        var sums = padded;
        for (var a = 0; a < window.Axes.Length; a++)
        {
            sums = Along(sums, a + 2, window.Axes[a]);
        }
        return sums;
    }

    private static torch.Tensor Along(torch.Tensor x, int dimension, WindowAxis axis)
    {
        torch.Tensor? sum = null;
        for (var k = 0L; k < axis.Kernel; k++)
        {
            var first = k * axis.Dilation;
            var part = x.slice(dimension, first, first + ((axis.OutputLength - 1) * axis.Stride) + 1, axis.Stride);
            sum = sum is null ? part : sum.add(part, Scalars.One);
        }
        return sum!;
    }
}
