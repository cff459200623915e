using TorchSharp;

namespace Neptune.Torch;

// C channels in, M channels out

/// <summary>
/// Filters made ready once for many convolutions on the CPU: laid with their channels last, as libtorch would lay them anew in
/// each run, and with filters of zeros behind them up to a number of which libtorch's convolution can be relied on, as
/// <see cref="Convolution"/> says. What those give is cut off.
/// </summary>
internal sealed class PackedFilters
{
    // Beyond that, zeros cost more than unfolding does.
    private const long MostTimes = 4;

    private readonly torch.Tensor _filters;
    private readonly torch.Tensor? _bias;
    private readonly torch.Tensor _packed;
    private readonly torch.Tensor? _packedBias;
    private readonly long _outputs;

    /// <summary>Packs filters [M, C, kH, kW] and a bias [M].</summary>
    public PackedFilters(torch.Tensor filters, torch.Tensor? bias)
    {
        (_filters, _bias, _outputs) = (filters, bias, filters.size(0));
        using var scope = torch.NewDisposeScope();
        var more = Convolution.FilledBlocks(_outputs) - _outputs;
        _packed = TensorMemory
            .WithChannelsLast(torch.nn.functional.pad(filters, [0, 0, 0, 0, 0, 0, 0, more]))
            .DetachFromDisposeScope();
        _packedBias = bias is null ? null : torch.nn.functional.pad(bias, [0, more]).DetachFromDisposeScope();
    }

    /// <summary>True where the convolution can be relied on with them, and is worth it.</summary>
    public static bool CanPack(torch.Tensor filters, PlainWindow window, long groups)
    {
        var (outputs, channels) = (filters.size(0), filters.size(1));
        var filled = Convolution.FilledBlocks(outputs);
        return groups == 1
            && filled <= MostTimes * outputs
            && filters.dtype == torch.ScalarType.Float32
            && Convolution.IsReliable(filled, channels, window, imageGradient: false);
    }

    /// <summary>True where these filters were packed.</summary>
    public bool IsOf(torch.Tensor filters, torch.Tensor? bias) =>
        ReferenceEquals(_filters, filters) && ReferenceEquals(_bias, bias);

    /// <summary>The convolution of images (N, C, H, W), which lies with its channels last.</summary>
    public torch.Tensor Convolve(torch.Tensor image, PlainWindow window)
    {
        // libtorch lays the image as the filters lie.
        var y = Convolution.Native(image, _packed, _packedBias, window, 1);
        if (y.size(1) == _outputs)
        {
            return y;
        }
        using (y)
        {
            return y.narrow(1, 0, _outputs);
        }
    }

    /// <summary>Frees them.</summary>
    public void Free()
    {
        _packed.Dispose();
        _packedBias?.Dispose();
    }
}
