using TorchSharp;

namespace Neptune.Torch;

/// <summary>
/// Gates z, r, h: H' = (1 - z) g(X + (r H) R') + z H, or with <c>linear_before_reset</c> g(X + r (H R' + b)).
/// </summary>
internal sealed class GruCell(OperationSite site, Func<torch.Tensor, torch.Tensor>[] activations)
    : RecurrentCell(site, 3)
{
    private readonly bool _resetsProduct = site.Operation.Int("linear_before_reset", 0) != 0;

    public override torch.Tensor[] Step(torch.Tensor inputs_NxGH, torch.Tensor[] state)
    {
        var h = state[0];
        var products = StateProduct(h, 0, _resetsProduct ? 3 : 2);
        var z = activations[0](Clip(Gate(inputs_NxGH, 0).add(Gate(products, 0), Scalars.One)));
        var r = activations[0](Clip(Gate(inputs_NxGH, 1).add(Gate(products, 1), Scalars.One)));
        var reset = _resetsProduct ? r.mul(Gate(products, 2)) : StateProduct(r.mul(h), 2, 1);
        var candidate = activations[1](Clip(Gate(inputs_NxGH, 2).add(reset, Scalars.One)));
        return [candidate.sub(z.mul(candidate)).add(z.mul(h), Scalars.One)];
    }
}
