using System.Buffers;
using TorchSharp;

namespace Neptune.Torch;

/// <summary>Native memory that is a tensor to libtorch and a <see cref="Memory{T}"/> to everyone else, without copies.</summary>
internal sealed unsafe class FlatBuffer : MemoryManager<float>
{
    private readonly float* _start;
    private readonly int _length;
    private torch.Tensor? _tensor;

    /// <summary>A buffer of zeros; libtorch aligns it to 64 bytes.</summary>
    public FlatBuffer(int length)
    {
        _length = length;
        _tensor = TensorMemory.NewFlat(Math.Max(length, 1), torch.CPU);
        _start = TensorMemory.Pointer(_tensor);
    }

    public torch.Tensor Tensor => _tensor ?? throw new ObjectDisposedException(nameof(FlatBuffer));

    public override Span<float> GetSpan()
    {
        ObjectDisposedException.ThrowIf(_tensor is null, this);
        return new(_start, _length);
    }

    public override MemoryHandle Pin(int elementIndex = 0) => new(_start + elementIndex);

    public override void Unpin() { }

    protected override void Dispose(bool disposing)
    {
        _tensor?.Dispose();
        _tensor = null;
    }

    /// <summary>Frees the native memory.</summary>
    public void Free() => Dispose(true);
}
