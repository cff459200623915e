using TorchSharp;

namespace Neptune.Torch;

/// <summary>What normalizations over the last dimensions share.</summary>
internal static class LastAxes
{
    /// <summary>The dimensions from <paramref name="axis"/> on.</summary>
    public static long[] From(torch.Tensor x, long axis)
    {
        var first = (int)(axis < 0 ? axis + x.dim() : axis);
        return [.. Enumerable.Range(first, (int)x.dim() - first).Select(d => (long)d)];
    }

    /// <summary>Squares of half-precision numbers overflow: they are computed as float32.</summary>
    public static torch.Tensor Wide(torch.Tensor x) =>
        x.dtype is torch.ScalarType.Float16 or torch.ScalarType.BFloat16 ? x.to_type(torch.ScalarType.Float32) : x;
}
