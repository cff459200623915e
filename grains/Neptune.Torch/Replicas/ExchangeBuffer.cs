using TorchSharp;

namespace Neptune.Torch;

/// <summary>
/// One vector of what a step exchanges, in native memory aligned to 64 bytes:
/// <c>[gradients | batch-norm statistics | tail | metrics]</c>, all sums over samples. Make it once and use it again: fresh
/// memory costs page faults.
/// </summary>
public sealed class ExchangeBuffer : IDisposable
{
    private readonly FlatBuffer _buffer;

    internal ExchangeBuffer(ExchangeLayout layout)
    {
        Layout = layout;
        _buffer = new FlatBuffer(layout.Length);
        Gradients = layout.Trainable.ViewsOf(_buffer.Tensor);
    }

    /// <summary>The vector's elements: what an all-reduce adds.</summary>
    public Memory<float> Memory => _buffer.Memory;

    /// <summary>The same elements.</summary>
    public Span<float> Span => _buffer.GetSpan();

    /// <summary>
    /// Numbers for the step loop's own use, which are summed with the rest. A shard's pass sets them to zero.
    /// </summary>
    public Span<float> Control => Span.Slice(Layout.Tail + ExchangeLayout.ControlSlot, ExchangeLayout.ControlSlots);

    internal ExchangeLayout Layout { get; }

    /// <summary>A view for each trainable parameter's gradient.</summary>
    internal torch.Tensor[] Gradients { get; }

    internal torch.Tensor Tensor => _buffer.Tensor;

    /// <summary>Frees the native memory. No one may hold <see cref="Memory"/> any more.</summary>
    public void Dispose()
    {
        foreach (var view in Gradients)
        {
            view.Dispose();
        }
        _buffer.Free();
    }
}
