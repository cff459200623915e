using System.Runtime.InteropServices;
using TorchSharp;

namespace Neptune.Torch;

/// <summary>Reads and writes a CPU tensor's own memory.</summary>
internal static class TensorMemory
{
    /// <summary>The elements of a contiguous float32 tensor in host memory, below 2 GiB.</summary>
    public static Span<float> Floats(torch.Tensor tensor) => MemoryMarshal.Cast<byte, float>(tensor.bytes);

    /// <summary>Where the elements begin; for tensors of any size.</summary>
    public static unsafe float* Pointer(torch.Tensor flat)
    {
        using var first = flat.narrow(0, 0, 1);
        return (float*)System.Runtime.CompilerServices.Unsafe.AsPointer(ref MemoryMarshal.GetReference(first.bytes));
    }

    /// <summary>True where two tensors of one type and shape have the same bits, NaN included.</summary>
    public static bool HaveEqualBits(torch.Tensor one, torch.Tensor other)
    {
        if (one.NumberOfElements == 0)
        {
            return true;
        }
        using var scope = torch.NewDisposeScope();
        return one.detach().cpu().contiguous().bytes.SequenceEqual(other.detach().cpu().contiguous().bytes);
    }

    /// <summary>A tensor of zeros that no dispose scope owns.</summary>
    public static torch.Tensor NewFlat(long length, torch.Device device) =>
        torch.zeros([length], torch.float32, device).DetachFromDisposeScope();

    /// <summary>
    /// A view whose elements follow one another as they lie: of a contiguous tensor itself, of images with the channels
    /// last their permutation. Null where elements do not lie densely. Dispose it.
    /// </summary>
    public static torch.Tensor? DenseView(torch.Tensor tensor)
    {
        if (tensor.is_contiguous())
        {
            return tensor.alias();
        }
        if (tensor.dim() != 4)
        {
            return null;
        }
        var channelsLast = tensor.permute(ChannelsLast);
        if (channelsLast.is_contiguous())
        {
            return channelsLast;
        }
        channelsLast.Dispose();
        return null;
    }

    /// <summary>The order of dimensions in which an image (N, C, H, W) lies with its channels last.</summary>
    public static long[] ChannelsLast { get; } = [0, 2, 3, 1];

    /// <summary>Back from <see cref="ChannelsLast"/>.</summary>
    public static long[] ChannelsFirst { get; } = [0, 3, 1, 2];

    /// <summary>The same image (N, C, H, W), lying in memory with its channels last; a copy where it does not already.</summary>
    public static torch.Tensor WithChannelsLast(torch.Tensor image)
    {
        using var permuted = image.permute(ChannelsLast);
        using var dense = permuted.contiguous();
        return dense.permute(ChannelsFirst);
    }
}
