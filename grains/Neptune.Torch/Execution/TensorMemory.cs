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

    /// <summary>A tensor of zeros that no dispose scope owns.</summary>
    public static torch.Tensor NewFlat(long length, torch.Device device) =>
        torch.zeros([length], torch.float32, device).DetachFromDisposeScope();
}
