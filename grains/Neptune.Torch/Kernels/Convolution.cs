using TorchSharp;

namespace Neptune.Torch;

/// <summary>Two ways to the same convolution.</summary>
internal static class Convolution
{
    /// <summary>libtorch's own.</summary>
    public static torch.Tensor Native(
        torch.Tensor image,
        torch.Tensor filters,
        torch.Tensor? bias,
        SpatialWindow window,
        long groups
    ) => torch.nn.functional.conv2d(image, filters, bias, window.Strides, window.Padding, window.Dilations, groups);

    /// <summary>Windows unfolded to columns, times the filters: slower, and only matrix products can go wrong.</summary>
    public static torch.Tensor Unfolded(
        torch.Tensor image,
        torch.Tensor filters,
        torch.Tensor? bias,
        SpatialWindow window,
        long groups
    )
    {
        var (channels, outputs) = (filters.size(1), filters.size(0) / groups);
        var results = new List<torch.Tensor>();
        for (var g = 0L; g < groups; g++)
        {
            var columns = torch.nn.functional.unfold(
                image.narrow(1, g * channels, channels),
                (window.Kernel[0], window.Kernel[1]),
                (window.Dilations[0], window.Dilations[1]),
                (window.Padding[0], window.Padding[1]),
                (window.Strides[0], window.Strides[1])
            );
            results.Add(filters.narrow(0, g * outputs, outputs).reshape(outputs, -1).matmul(columns));
        }
        var joined = results.Count == 1 ? results[0] : torch.cat(results, 1);
        var height = Length(image.size(2), 0);
        var y = joined.reshape(image.size(0), filters.size(0), height, -1);
        return bias is null ? y : y + bias.reshape(1, -1, 1, 1);

        long Length(long length, int axis) =>
            (
                (length + (2 * window.Padding[axis]) - ((window.Kernel[axis] - 1) * window.Dilations[axis]) - 1)
                / window.Strides[axis]
            ) + 1;
    }
}
