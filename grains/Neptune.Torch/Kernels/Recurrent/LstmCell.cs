using TorchSharp;

namespace Neptune.Torch;

/// <summary>
/// Gates i, o, f, c: C' = f C + i g(c), H' = o h(C'). Peepholes let i and f see C, and o see C'; <c>input_forget</c>
/// makes f 1 - i.
/// </summary>
internal sealed class LstmCell(OperationSite site, Func<torch.Tensor, torch.Tensor>[] activations)
    : RecurrentCell(site, 4)
{
    private readonly bool _couples = site.Operation.Int("input_forget", 0) != 0;

    public override int States => 2;

    public override torch.Tensor[] Step(torch.Tensor inputs_NxGH, torch.Tensor[] state)
    {
        var c = state[1];
        var gates = inputs_NxGH.add(StateProduct(state[0], 0, 4), Scalars.One);
        var i = activations[0](Clip(Peep(Gate(gates, 0), c, 0)));
        var f = _couples ? i.neg().add(Scalars.One, Scalars.One) : activations[0](Clip(Peep(Gate(gates, 2), c, 2)));
        var next = f.mul(c).add(i.mul(activations[1](Clip(Gate(gates, 3)))), Scalars.One);
        var o = activations[0](Clip(Peep(Gate(gates, 1), next, 1)));
        return [o.mul(activations[2](next)), next];
    }

    private torch.Tensor Peep(torch.Tensor gate, torch.Tensor c, int peephole) =>
        Peepholes is null ? gate : gate.add(Peepholes.narrow(0, peephole * Units, Units).mul(c), Scalars.One);
}
