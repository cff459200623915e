using TorchSharp;

namespace Neptune.Torch;

// N samples, G groups, C channels in of one group, M channels out of one group, K = C times the window's elements,
// L windows = output height times width

/// <summary>Two ways to the same convolution.</summary>
internal static class Convolution
{
    /// <summary>
    /// True where libtorch's own convolution on the CPU, channels last, can be relied on: one group, and channels that
    /// fill its blocks; those of the image need not, where its gradient is not wanted and a window of one element does
    /// not stride. With libtorch 2.10 (oneDNN 3.7.1) filters that are padded to whole blocks come out wrong on some
    /// processors, without an error and differently from run to run, and gradients of strided windows of one element
    /// are written past the end of their memory. Measured on an AMD EPYC against sums in double precision: with AVX-512,
    /// of 383 convolutions of any channels 69 were wrong (12 with the channels last), and of 11,366 by this rule none was;
    /// limited to AVX2, of 2,791 with the channels last 75 were wrong, and of 3,185 by this rule none was.
    /// </summary>
    public static bool IsReliable(torch.Tensor filters, PlainWindow window, long groups, bool imageGradient) =>
        groups == 1 && IsReliable(filters.size(0), filters.size(1), window, imageGradient);

    /// <summary>The same for one group of filters and channels of an image.</summary>
    public static bool IsReliable(long filters, long channels, PlainWindow window, bool imageGradient) =>
        FillsBlocks(filters)
        && (FillsBlocks(channels) || (!imageGradient && !(IsOne(window.Kernel) && !IsOne(window.Strides))));

    /// <summary>The way that can be relied on, over images (N, C, H, W).</summary>
    public static torch.Tensor Of(
        torch.Tensor image,
        torch.Tensor filters,
        torch.Tensor? bias,
        PlainWindow window,
        long groups,
        bool isCpu
    )
    {
        if (!isCpu)
        {
            return Native(image, filters, bias, window, groups);
        }
        if (!IsReliable(filters, window, groups, image.requires_grad))
        {
            return Unfolded(image, filters, bias, window, groups);
        }
        // As fast with the channels last, and the pooling behind it up to twenty times as fast.
        using var relaid = TensorMemory.WithChannelsLast(image);
        return Native(relaid, filters, bias, window, groups);
    }

    /// <summary>libtorch's own.</summary>
    public static torch.Tensor Native(
        torch.Tensor image,
        torch.Tensor filters,
        torch.Tensor? bias,
        PlainWindow window,
        long groups
    ) => torch.nn.functional.conv2d(image, filters, bias, window.Strides, window.Padding, window.Dilations, groups);

    /// <summary>Windows unfolded to columns, times the filters: only matrix products can go wrong.</summary>
    public static torch.Tensor Unfolded(
        torch.Tensor image,
        torch.Tensor filters,
        torch.Tensor? bias,
        PlainWindow window,
        long groups
    )
    {
        var columns = torch.nn.functional.unfold(
            image,
            (window.Kernel[0], window.Kernel[1]),
            (window.Dilations[0], window.Dilations[1]),
            (window.Padding[0], window.Padding[1]),
            (window.Strides[0], window.Strides[1])
        );
        var (samples, outputs) = (image.size(0), filters.size(0));
        var (height, width) = (Length(image.size(2), 0), Length(image.size(3), 1));
        if (groups == 1)
        {
            // The output lies with its channels last, as pooling wants it.
            var filters_KM = filters.reshape(outputs, -1).t();
            var columns_NLxK = columns.transpose(1, 2).reshape(samples * height * width, -1);
            var y_NLxM = bias is null ? columns_NLxK.mm(filters_KM) : torch.addmm(bias, columns_NLxK, filters_KM, 1, 1);
            return y_NLxM.reshape(samples, height, width, outputs).permute(TensorMemory.ChannelsFirst);
        }
        var columns_NGKL = columns.reshape(samples, groups, -1, height * width);
        var filters_GMK = filters.reshape(groups, outputs / groups, -1);
        var y = filters_GMK.matmul(columns_NGKL).reshape(samples, outputs, height, width);
        return bias is null ? y : y.add(bias.reshape(1, -1, 1, 1), Scalars.One);

        long Length(long length, int axis) =>
            (
                (length + (2 * window.Padding[axis]) - ((window.Kernel[axis] - 1) * window.Dilations[axis]) - 1)
                / window.Strides[axis]
            ) + 1;
    }

    /// <summary>The least number of filters, from <paramref name="count"/>, that fill libtorch's blocks.</summary>
    public static long FilledBlocks(long count) =>
        count <= 16 ? 16
        : count <= 32 ? 32
        : (count + 63) / 64 * 64;

    private static bool IsOne(long[] lengths) => lengths[0] == 1 && lengths[1] == 1;

    private static bool FillsBlocks(long channels) => channels is 16 or 32 || (channels > 0 && channels % 64 == 0);
}
