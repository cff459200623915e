using TorchSharp;

namespace Neptune.Torch;

/// <summary>The gradient of a value while the backward pass is under way.</summary>
internal struct GradientSlot
{
    public torch.Tensor? Tensor;

    /// <summary>True where no one else reads its memory, so that it may be overwritten.</summary>
    public bool Owned;
}
