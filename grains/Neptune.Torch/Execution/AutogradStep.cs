using TorchSharp;

namespace Neptune.Torch;

/// <summary>Lets libtorch differentiate one operation: a small graph of its own, from leaf inputs to the outputs.</summary>
internal sealed class AutogradStep(WantedGradients wanted, int outputs)
{
    private readonly torch.Tensor[] _leaves = new torch.Tensor[wanted.Count];
    private readonly torch.Tensor?[] _inputs = new torch.Tensor?[wanted.Inputs.Length];
    private readonly torch.Tensor?[] _outputs = new torch.Tensor?[outputs];
    private readonly bool[] _repeats = new bool[wanted.Inputs.Length];

    /// <summary>Computes the outputs with autograd on.</summary>
    public void Forward(PreparedOperation operation, torch.Tensor?[] inputs, torch.Tensor?[] results, RunContext run)
    {
        using var grad = torch.enable_grad();
        var leaf = 0;
        for (var i = 0; i < inputs.Length; i++)
        {
            _inputs[i] = inputs[i];
            switch (wanted.Inputs[i])
            {
                // A leaf that stands twice would have the sum of both gradients at each of its places.
                case WantedGradient.Parameter when IsRepeated(inputs, i):
                case WantedGradient.Value:
                    var detached = inputs[i]!.detach();
                    detached.requires_grad = true;
                    _inputs[i] = detached;
                    _leaves[leaf++] = detached;
                    break;
                case WantedGradient.Parameter:
                    _leaves[leaf++] = inputs[i]!; // a leaf already
                    break;
            }
        }
        operation.ForwardAll(_inputs, results, run);
        results.CopyTo(_outputs, 0);
    }

    /// <summary>Hands the gradients of all wanted inputs on.</summary>
    /// <param name="call">Where they go.</param>
    /// <param name="outputGradients">One for each output; null where nothing depends on it.</param>
    public void Backward(BackwardCall call, torch.Tensor?[] outputGradients)
    {
        var (from, with) = Paths(outputGradients);
        var gradients = from.Length == 0 ? null : torch.autograd.grad(from, _leaves, with, allow_unused: true);
        var leaf = 0;
        for (var i = 0; i < wanted.Inputs.Length; i++)
        {
            if (wanted.Inputs[i] == WantedGradient.None)
            {
                continue;
            }
            var gradient = gradients?[leaf];
            if (gradient is { IsInvalid: true })
            {
                gradient = null; // the outputs do not depend on this input
            }
            if (wanted.Inputs[i] == WantedGradient.Value)
            {
                if (gradient is not null)
                {
                    // A view of the output's gradient is as shared as that is; two inputs may share one.
                    call.Give(i, gradient, owned: wanted.Values == 1 && from.Length == 1 && call.OwnsOutputGradient);
                }
                _leaves[leaf].Dispose();
            }
            else
            {
                using (gradient)
                {
                    call.Write(i, gradient);
                }
                if (_repeats[i])
                {
                    _leaves[leaf].Dispose();
                }
            }
            leaf++;
        }
    }

    private bool IsRepeated(torch.Tensor?[] inputs, int input)
    {
        for (var i = 0; i < input && !_repeats[input]; i++)
        {
            _repeats[input] = ReferenceEquals(inputs[i], inputs[input]);
        }
        return _repeats[input];
    }

    private (torch.Tensor[], torch.Tensor[]) Paths(torch.Tensor?[] outputGradients)
    {
        if (_outputs.Length == 1 && outputGradients[0] is { } only && _outputs[0]!.requires_grad)
        {
            return ([_outputs[0]!], [only]);
        }
        var paths = _outputs
            .Zip(outputGradients)
            .Where(pair => pair is { First.requires_grad: true, Second: not null })
            .ToArray();
        return ([.. paths.Select(p => p.First!)], [.. paths.Select(p => p.Second!)]);
    }
}
