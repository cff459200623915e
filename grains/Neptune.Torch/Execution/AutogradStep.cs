using TorchSharp;

namespace Neptune.Torch;

/// <summary>Lets libtorch differentiate one operation: a small graph of its own, from leaf inputs to the output.</summary>
internal sealed class AutogradStep(WantedGradients wanted)
{
    private readonly torch.Tensor[] _leaves = new torch.Tensor[wanted.Count];
    private readonly torch.Tensor?[] _inputs = new torch.Tensor?[wanted.Inputs.Length];
    private readonly torch.Tensor[] _outputs = new torch.Tensor[1];
    private readonly torch.Tensor[] _outputGradients = new torch.Tensor[1];

    /// <summary>Computes the output with autograd on.</summary>
    public torch.Tensor Forward(PreparedOperation operation, torch.Tensor?[] inputs, RunContext run)
    {
        using var grad = torch.enable_grad();
        var leaf = 0;
        for (var i = 0; i < inputs.Length; i++)
        {
            _inputs[i] = inputs[i];
            switch (wanted.Inputs[i])
            {
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
        return _outputs[0] = operation.Forward(_inputs, run);
    }

    /// <summary>Hands the gradients of all wanted inputs on.</summary>
    public void Backward(BackwardCall call, OperationNode node)
    {
        _outputGradients[0] = call.OutputGradient;
        var gradients = torch.autograd.grad(_outputs, _leaves, _outputGradients);
        var leaf = 0;
        for (var i = 0; i < wanted.Inputs.Length; i++)
        {
            switch (wanted.Inputs[i])
            {
                case WantedGradient.Value:
                    // A view of the output's gradient is as shared as that is; two inputs may share one.
                    call.Give(i, gradients[leaf], owned: wanted.Values == 1 && call.OwnsOutputGradient);
                    _leaves[leaf++].Dispose();
                    break;
                case WantedGradient.Parameter:
                    using (var gradient = gradients[leaf++])
                    {
                        var target = call.ParameterGradient(i)!;
                        _ = call.Accumulates(i) ? target.add_(gradient) : target.copy_(gradient);
                    }
                    break;
            }
        }
    }
}
