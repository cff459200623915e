using System.Diagnostics;
using TorchSharp;

namespace Neptune.Torch;

/// <summary>An operation that may have several outputs, and that libtorch differentiates.</summary>
internal abstract class SeveralOutputs(OperationSite site) : PreparedOperation(site)
{
    /// <summary>True where the output is wanted.</summary>
    protected bool Wants(int output) => output < Operation.Outputs.Length && Operation.Outputs[output].Length > 0;

    public sealed override torch.Tensor Forward(torch.Tensor?[] inputs, RunContext run) =>
        throw new UnreachableException();

    public abstract override void ForwardAll(torch.Tensor?[] inputs, torch.Tensor?[] outputs, RunContext run);
}
