using TorchSharp;

namespace Neptune.Torch;

// T steps, N samples, I inputs, H units, G gates

/// <summary>One step of a recurrent layer in one direction.</summary>
internal abstract class RecurrentCell(OperationSite site, int gates)
{
    private readonly float _clip = site.Operation.Float("clip", 0);

    /// <summary>How many states there are; the first is the output.</summary>
    public virtual int States => 1;

    protected torch.Tensor Recurrence { get; private set; } = null!;

    /// <summary>Biases of the inputs' products, then of the states'; null where there are none.</summary>
    protected torch.Tensor? InputBias { get; private set; }

    protected torch.Tensor? StateBias { get; private set; }

    protected torch.Tensor? Peepholes { get; private set; }

    protected long Units => Recurrence.size(1);

    public static RecurrentCell Of(OperationSite site, Func<torch.Tensor, torch.Tensor>[] activations) =>
        site.Operation.Type switch
        {
            "LSTM" => new LstmCell(site, activations),
            "GRU" => new GruCell(site, activations),
            _ => new RnnCell(site, activations),
        };

    /// <summary>Takes the weights of a run.</summary>
    public void Use(torch.Tensor recurrence_GHxH, torch.Tensor? bias_2GH, torch.Tensor? peepholes_3H)
    {
        Recurrence = recurrence_GHxH;
        var half = gates * Units;
        InputBias = bias_2GH?.narrow(0, 0, half);
        StateBias = bias_2GH?.narrow(0, half, half);
        Peepholes = peepholes_3H;
    }

    /// <summary>The products of all steps' inputs, with their biases.</summary>
    public torch.Tensor Inputs(torch.Tensor x_TNI, torch.Tensor weight_GHxI)
    {
        var gates_TNxGH = MatrixProduct.Of(site, x_TNI, weight_GHxI.t());
        return InputBias is null ? gates_TNxGH : gates_TNxGH.add(InputBias, Scalars.One);
    }

    /// <summary>The states after a step.</summary>
    public abstract torch.Tensor[] Step(torch.Tensor inputs_NxGH, torch.Tensor[] state);

    protected torch.Tensor StateProduct(torch.Tensor h_NH, int first, int count)
    {
        var rows = Recurrence.narrow(0, first * Units, count * Units);
        return StateBias is null
            ? h_NH.mm(rows.t())
            : torch.addmm(StateBias.narrow(0, first * Units, count * Units), h_NH, rows.t(), 1, 1);
    }

    protected torch.Tensor Gate(torch.Tensor gates_NxGH, int gate) => gates_NxGH.narrow(1, gate * Units, Units);

    protected torch.Tensor Clip(torch.Tensor x) => _clip > 0 ? x.clamp(Scalars.Of(-_clip), Scalars.Of(_clip)) : x;
}
