using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Neptune.ModelGraph;
using TorchSharp;

namespace Neptune.Torch;

/// <summary>
/// Runs a graph's operations in order, forward and backward. Prepared once: kernels, attributes and slots are resolved,
/// so that a run looks nothing up, and values are freed after their last reader.
/// </summary>
internal sealed class GraphExecutor : IDisposable
{
    private readonly ImmutableArray<OperationNode> _nodes;
    private readonly torch.Tensor?[] _values;
    private readonly GradientSlot[] _gradients;
    private readonly int _inputs;
    private readonly int _parameters;
    private readonly ImmutableArray<int> _outputs;
    private readonly int[] _untouched;
    private readonly BackwardCall _call;

    /// <summary>Prepares the operations on which <paramref name="plan"/>'s targets depend.</summary>
    public GraphExecutor(ExecutionPlan plan, IReadOnlyList<torch.Tensor> parameters)
    {
        _nodes = plan.Nodes;
        _outputs = plan.Outputs;
        _inputs = plan.Inputs;
        _parameters = parameters.Count;
        _untouched = plan.UntouchedParameters;
        _values = new torch.Tensor?[plan.Slots];
        _gradients = new GradientSlot[plan.Slots];
        _call = new(_values, _gradients);
        for (var i = 0; i < parameters.Count; i++)
        {
            _values[_inputs + i] = parameters[i];
        }
    }

    /// <summary>Computes the first target. In training it stays alive, with what the backward pass reads.</summary>
    /// <returns>A tensor that <see cref="Clear"/> frees.</returns>
    public torch.Tensor Forward(torch.Tensor input, RunContext run) => Forward([input], run);

    /// <summary>Computes the targets.</summary>
    /// <param name="inputs">In the graph's order.</param>
    /// <param name="run">The run.</param>
    /// <returns>The first target, a tensor that <see cref="Clear"/> frees.</returns>
    public torch.Tensor Forward(ReadOnlySpan<torch.Tensor> inputs, RunContext run)
    {
        for (var i = 0; i < inputs.Length; i++)
        {
            _values[i] = inputs[i];
        }
        foreach (var node in _nodes)
        {
            for (var i = 0; i < node.Inputs.Length; i++)
            {
                node.Tensors[i] = node.Inputs[i] < 0 ? null : _values[node.Inputs[i]];
            }
            using var convolutions = ConvolutionMode.Enter(node.Operation.Convolutions);
            try
            {
                if (run.Training && node.Autograd is { } autograd)
                {
                    autograd.Forward(node.Operation, node.Tensors, node.Results, run);
                }
                else
                {
                    node.Operation.ForwardAll(node.Tensors, node.Results, run);
                }
            }
            catch (ExternalException failure)
            {
                throw Failed(node, failure);
            }
            Take(node);
            Free(run.Training ? node.LastReadsInTraining : node.LastReadsInInference);
        }
        return _values[_outputs[0]]!;
    }

    /// <summary>One of the plan's targets, after a forward pass.</summary>
    public torch.Tensor Output(int target) => _values[_outputs[target]]!;

    /// <summary>Computes all parameters' gradients, after a forward pass in training.</summary>
    /// <param name="outputGradient">The gradient of the output; it may be overwritten and is disposed.</param>
    /// <param name="parameterGradients">Receives the gradients, which are overwritten.</param>
    /// <param name="run">As in the forward pass.</param>
    /// <param name="completed">Called with the number of each parameter whose gradient is final.</param>
    public void Backward(
        torch.Tensor outputGradient,
        torch.Tensor[] parameterGradients,
        RunContext run,
        Action<int>? completed = null
    )
    {
        foreach (var parameter in _untouched)
        {
            parameterGradients[parameter].zero_();
            completed?.Invoke(parameter);
        }
        _gradients[_outputs[0]] = new() { Tensor = outputGradient, Owned = true };
        for (var n = _nodes.Length - 1; n >= 0; n--)
        {
            var node = _nodes[n];
            if (!node.NeedsBackward)
            {
                continue;
            }
            using var convolutions = ConvolutionMode.Enter(node.Operation.Convolutions);
            try
            {
                _call.Compute(node, parameterGradients, run);
            }
            catch (ExternalException failure)
            {
                throw Failed(node, failure);
            }
            foreach (var output in node.Outputs)
            {
                if (output >= 0)
                {
                    Free(output);
                }
            }
            if (completed is not null)
            {
                foreach (var parameter in node.Completes)
                {
                    completed(parameter);
                }
            }
        }
    }

    /// <summary>Frees the values of the run.</summary>
    public void Clear()
    {
        _values.AsSpan(0, _inputs).Clear();
        for (var slot = _inputs + _parameters; slot < _values.Length; slot++)
        {
            Free(slot);
            _gradients[slot].Tensor?.Dispose();
            _gradients[slot] = default;
        }
    }

    public void Dispose()
    {
        Clear();
        foreach (var node in _nodes)
        {
            node.Operation.Free();
        }
    }

    private static GraphException Failed(OperationNode node, ExternalException failure)
    {
        var shapes = node.Tensors.Select(t => t is null ? "-" : $"({string.Join(", ", t.shape)})");
        return new(
            $"Operation {node.Operation.Operation.Name} ({node.Operation.Operation.Type}) failed on inputs of shapes "
                + $"{string.Join(", ", shapes)}: {failure.Message.Split('\n')[0]}",
            failure
        );
    }

    private void Take(OperationNode node)
    {
        for (var i = 0; i < node.Outputs.Length; i++)
        {
            if (node.Outputs[i] >= 0)
            {
                _values[node.Outputs[i]] = node.Results[i];
            }
            else
            {
                node.Results[i]?.Dispose();
            }
            node.Results[i] = null;
        }
    }

    private void Free(int[] slots)
    {
        foreach (var slot in slots)
        {
            Free(slot);
        }
    }

    private void Free(int slot)
    {
        _values[slot]?.Dispose();
        _values[slot] = null;
    }
}
