using TorchSharp;

namespace Neptune.Torch;

/// <summary>An operation with everything resolved to numbers of slots.</summary>
internal sealed class OperationNode
{
    public required PreparedOperation Operation { get; init; }

    /// <summary>The slots read; -1 for inputs left out.</summary>
    public required int[] Inputs { get; init; }

    /// <summary>The slots written; -1 for outputs left out.</summary>
    public required int[] Outputs { get; init; }

    /// <summary>For each input, the number of the trainable parameter that it is; -1 for others.</summary>
    public required int[] Trainable { get; init; }

    /// <summary>For each input, whether it is a computed value that depends on a trainable parameter.</summary>
    public required bool[] WantsValue { get; init; }

    /// <summary>For each input, whether the parameter's gradient already holds a part when this backward pass runs.</summary>
    public bool[] Accumulates { get; init; } = [];

    /// <summary>The trainable parameters whose gradients are final once this operation's backward pass has run.</summary>
    public int[] Completes { get; set; } = [];

    /// <summary>True where a gradient passes through.</summary>
    public required bool NeedsBackward { get; init; }

    /// <summary>The state of a pass that libtorch differentiates; null where it does not.</summary>
    public AutogradStep? Autograd { get; init; }

    /// <summary>Room for the input tensors of the run under way.</summary>
    public required torch.Tensor?[] Tensors { get; init; }

    /// <summary>Room for the outputs of the run under way.</summary>
    public required torch.Tensor?[] Results { get; init; }

    /// <summary>Room for the outputs' gradients while the backward pass is here.</summary>
    public required torch.Tensor?[] OutputGradients { get; init; }

    /// <summary>Slots whose last reader this is, in inference.</summary>
    public int[] LastReadsInInference { get; set; } = [];

    /// <summary>Slots whose last reader this is in training, backward pass included.</summary>
    public int[] LastReadsInTraining { get; set; } = [];
}
