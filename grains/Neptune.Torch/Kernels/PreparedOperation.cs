using System.Collections.Immutable;
using System.Diagnostics;
using Neptune.ModelGraph;
using TorchSharp;

namespace Neptune.Torch;

/// <summary>
/// An operation ready to run. One without a backward pass of its own is differentiated by libtorch's autograd; one with
/// it writes parameter gradients straight into the flat buffer.
/// </summary>
internal abstract class PreparedOperation(OperationSite site)
{
    public Operation Operation { get; } = site.Operation;

    protected OperationSite Site { get; } = site;

    /// <summary>True where <see cref="Backward"/> is there. Its forward pass then runs without autograd.</summary>
    public virtual bool HasBackward => false;

    /// <summary>True where <see cref="Backward"/> reads that input's value.</summary>
    public virtual bool BackwardReads(int input) => false;

    /// <summary>True where <see cref="Backward"/> reads the output's value.</summary>
    public virtual bool BackwardReadsOutput => false;

    /// <summary>True where the output is new memory that no backward pass reads: its one reader may overwrite it.</summary>
    public virtual bool OutputMayBeOverwritten => false;

    /// <summary>True where the operation can overwrite its input.</summary>
    public virtual bool CanOverwriteInput => false;

    /// <summary>Set where it shall.</summary>
    public bool OverwritesInput { get; set; }

    /// <summary>
    /// What it asks of libtorch's convolutions, forward and backward. Native on the CPU for any of Neptune's own, as functions
    /// besides convolutions look at the switch too: Gelu, for one, has other last bits without oneDNN.
    /// </summary>
    public virtual ConvolutionUse Convolutions => Site.Device.IsCpu ? ConvolutionUse.Native : ConvolutionUse.None;

    /// <summary>What training lets run along: inputs that are running statistics, and their ONNX momentum.</summary>
    public virtual ImmutableArray<RunningStatistic> Statistics => [];

    /// <summary>Where this operation's statistics lie in the exchanged vector.</summary>
    public ImmutableArray<int> StatisticOffsets { get; set; } = [];

    /// <summary>Computes the first output as a tensor handle of its own.</summary>
    public abstract torch.Tensor Forward(torch.Tensor?[] inputs, RunContext run);

    /// <summary>Computes all outputs, each as a tensor handle of its own; one that is left out may stay null.</summary>
    /// <param name="inputs">As the operation has them; null where one is left out.</param>
    /// <param name="outputs">Receives them.</param>
    /// <param name="run">The run.</param>
    public virtual void ForwardAll(torch.Tensor?[] inputs, torch.Tensor?[] outputs, RunContext run) =>
        outputs[0] = Forward(inputs, run);

    /// <summary>Gives the gradients of all wanted inputs.</summary>
    public virtual void Backward(BackwardCall call) => throw new UnreachableException();

    /// <summary>Frees what the operation keeps from run to run.</summary>
    public virtual void Free() { }
}
