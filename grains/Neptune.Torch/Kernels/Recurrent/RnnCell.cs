using TorchSharp;

namespace Neptune.Torch;

/// <summary>H' = f(X W' + H R' + b).</summary>
internal sealed class RnnCell(OperationSite site, Func<torch.Tensor, torch.Tensor>[] activations)
    : RecurrentCell(site, 1)
{
    public override torch.Tensor[] Step(torch.Tensor inputs_NxGH, torch.Tensor[] state) =>
        [activations[0](Clip(inputs_NxGH.add(StateProduct(state[0], 0, 1), Scalars.One)))];
}
