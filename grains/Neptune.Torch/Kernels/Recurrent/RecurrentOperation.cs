using TorchSharp;

namespace Neptune.Torch;

// T steps, N samples, I inputs, H units, D directions, G gates

/// <summary>
/// A recurrent layer step by step. The products of all steps' inputs are one; a state stands still behind the end of
/// its sequence, and the outputs there are zeros.
/// </summary>
internal sealed class RecurrentOperation(OperationSite site, Func<torch.Tensor, torch.Tensor>[][] activations)
    : SeveralOutputs(site)
{
    private readonly string _direction = site.Operation.Text("direction", "forward");
    private readonly bool _samplesFirst = site.Operation.Int("layout", 0) != 0;

    public override void ForwardAll(torch.Tensor?[] inputs, torch.Tensor?[] outputs, RunContext run)
    {
        var x_TNI = _samplesFirst ? inputs[0]!.transpose(0, 1) : inputs[0]!;
        var hidden = new List<torch.Tensor>();
        var last = new List<torch.Tensor[]>();
        for (var d = 0; d < activations.Length; d++)
        {
            var cell = RecurrentCell.Of(Site, activations[d]);
            var isReverse = _direction == "reverse" || d == 1;
            hidden.Add(Run(cell, x_TNI, inputs, d, isReverse, out var state));
            last.Add(state);
        }
        var y_TDNH = torch.stack(hidden, 1);
        outputs[0] = _samplesFirst ? y_TDNH.permute(2, 0, 1, 3) : y_TDNH;
        for (var i = 1; i < outputs.Length; i++)
        {
            if (Wants(i))
            {
                var state_DNH = torch.stack([.. last.Select(state => state[i - 1])], 0);
                outputs[i] = _samplesFirst ? state_DNH.transpose(0, 1) : state_DNH;
            }
        }
    }

    private torch.Tensor Run(
        RecurrentCell cell,
        torch.Tensor x_TNI,
        torch.Tensor?[] inputs,
        int direction,
        bool isReverse,
        out torch.Tensor[] state
    )
    {
        var (steps, samples) = (x_TNI.size(0), x_TNI.size(1));
        var recurrence_GHxH = inputs[2]!.select(0, direction);
        var units = recurrence_GHxH.size(1);
        cell.Use(recurrence_GHxH, At(3)?.select(0, direction), At(7)?.select(0, direction));
        var gates_TNxGH = cell.Inputs(x_TNI, inputs[1]!.select(0, direction));
        state = [.. Enumerable.Range(5, cell.States).Select(Initial)];
        var lengths = At(4)?.to_type(torch.ScalarType.Int64).unsqueeze(1);
        var hidden = new torch.Tensor[steps];
        for (var i = 0L; i < steps; i++)
        {
            var t = isReverse ? steps - 1 - i : i;
            var next = cell.Step(gates_TNxGH.select(0, t), state);
            if (lengths is null)
            {
                (state, hidden[t]) = (next, next[0]);
                continue;
            }
            var runs = lengths.gt(Scalars.Of(t));
            state = [.. next.Zip(state, (after, before) => torch.where(runs, after, before))];
            hidden[t] = torch.where(runs, next[0], torch.zeros_like(next[0]));
        }
        return steps == 0
            ? torch.zeros([0, samples, units], dtype: x_TNI.dtype, device: x_TNI.device)
            : torch.stack(hidden, 0);

        torch.Tensor? At(int input) => input < inputs.Length ? inputs[input] : null;

        torch.Tensor Initial(int input) =>
            At(input)?.select(_samplesFirst ? 1 : 0, direction)
            ?? torch.zeros([samples, units], dtype: x_TNI.dtype, device: x_TNI.device);
    }
}
