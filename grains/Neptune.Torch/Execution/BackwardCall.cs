using TorchSharp;

namespace Neptune.Torch;

/// <summary>What an operation's backward pass reads, and where its results go.</summary>
internal sealed class BackwardCall(torch.Tensor?[] values, GradientSlot[] gradients)
{
    private OperationNode _node = null!;
    private torch.Tensor[] _parameterGradients = [];
    private bool _passedOn;

    public RunContext Run { get; private set; } = null!;

    /// <summary>The gradient of the output; same shape.</summary>
    public torch.Tensor OutputGradient { get; private set; } = null!;

    /// <summary>True where no one else reads the memory of <see cref="OutputGradient"/>.</summary>
    public bool OwnsOutputGradient { get; private set; }

    public torch.Tensor Output => values[_node.Outputs[0]]!;

    public torch.Tensor Input(int input) => values[_node.Inputs[input]]!;

    /// <summary>True where an input is a computed value whose gradient is wanted.</summary>
    public bool WantsValue(int input) => _node.WantsValue[input];

    /// <summary>Where the gradient of a trainable parameter goes; null where the input is none.</summary>
    public torch.Tensor? ParameterGradient(int input) =>
        input < _node.Trainable.Length && _node.Trainable[input] >= 0
            ? _parameterGradients[_node.Trainable[input]]
            : null;

    /// <summary>True where the parameter has more readers and one has already written: add to what is there.</summary>
    public bool Accumulates(int input) => _node.Accumulates[input];

    /// <summary>Hands over the gradient of a computed value.</summary>
    /// <param name="input">Whose it is.</param>
    /// <param name="gradient">The gradient; may be <see cref="OutputGradient"/> itself.</param>
    /// <param name="owned">True where no one else reads its memory.</param>
    public void Give(int input, torch.Tensor gradient, bool owned)
    {
        ref var slot = ref gradients[_node.Inputs[input]];
        if (slot.Tensor is { } earlier)
        {
            slot.Tensor = earlier.add(gradient, Scalars.One);
            slot.Owned = true;
            earlier.Dispose();
            if (!ReferenceEquals(gradient, OutputGradient))
            {
                gradient.Dispose();
            }
            return;
        }
        if (ReferenceEquals(gradient, OutputGradient))
        {
            gradient = _passedOn ? gradient.detach() : gradient;
            _passedOn = true;
        }
        slot.Tensor = gradient;
        slot.Owned = owned;
    }

    /// <summary>Writes a trainable parameter's gradient; null stands for zeros.</summary>
    public void Write(int input, torch.Tensor? gradient)
    {
        var target = ParameterGradient(input)!;
        if (gradient is null)
        {
            _ = Accumulates(input) ? target : target.zero_();
        }
        else
        {
            _ = Accumulates(input) ? target.add_(gradient, Scalars.One) : target.copy_(gradient);
        }
    }

    /// <summary>Runs a node's backward pass.</summary>
    public void Compute(OperationNode node, torch.Tensor[] parameterGradients, RunContext run)
    {
        _node = node;
        _parameterGradients = parameterGradients;
        _passedOn = false;
        Run = run;
        var hasAny = false;
        for (var i = 0; i < node.Outputs.Length; i++)
        {
            ref var slot = ref gradients[node.Outputs[i] < 0 ? 0 : node.Outputs[i]];
            node.OutputGradients[i] = node.Outputs[i] < 0 ? null : slot.Tensor;
            hasAny |= node.OutputGradients[i] is not null;
            if (i == 0)
            {
                OutputGradient = slot.Tensor!;
                OwnsOutputGradient = slot.Owned;
            }
            if (node.Outputs[i] >= 0)
            {
                slot = default;
            }
        }
        if (hasAny && node.Operation.HasBackward)
        {
            node.Operation.Backward(this);
        }
        else if (node.Autograd is { } autograd)
        {
            autograd.Backward(this, node.OutputGradients);
        }
        else
        {
            WriteZeros();
        }
        for (var i = 0; i < node.OutputGradients.Length; i++)
        {
            if (i > 0 || !_passedOn)
            {
                node.OutputGradients[i]?.Dispose();
            }
            node.OutputGradients[i] = null;
        }
    }

    // Nothing that the loss reads depends on the output.
    private void WriteZeros()
    {
        for (var i = 0; i < _node.Trainable.Length; i++)
        {
            if (_node.Trainable[i] >= 0)
            {
                Write(i, null);
            }
        }
    }
}
