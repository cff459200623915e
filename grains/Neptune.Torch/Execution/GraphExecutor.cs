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
    private readonly int _parameters;
    private readonly int _output;
    private readonly int[] _untouched;
    private readonly BackwardCall _call;

    /// <summary>Prepares the operations on which <paramref name="plan"/>'s value depends.</summary>
    public GraphExecutor(ExecutionPlan plan, IReadOnlyList<torch.Tensor> parameters)
    {
        _nodes = plan.Nodes;
        _output = plan.Output;
        _parameters = parameters.Count;
        _untouched = plan.UntouchedParameters;
        _values = new torch.Tensor?[plan.Slots];
        _gradients = new GradientSlot[plan.Slots];
        _call = new(_values, _gradients);
        for (var i = 0; i < parameters.Count; i++)
        {
            _values[i + 1] = parameters[i];
        }
    }

    /// <summary>Computes the output. In training it stays alive, with what the backward pass reads.</summary>
    /// <returns>A tensor that <see cref="Clear"/> frees.</returns>
    public torch.Tensor Forward(torch.Tensor input, RunContext run)
    {
        _values[0] = input;
        foreach (var node in _nodes)
        {
            for (var i = 0; i < node.Inputs.Length; i++)
            {
                node.Tensors[i] = node.Inputs[i] < 0 ? null : _values[node.Inputs[i]];
            }
            try
            {
                _values[node.Output] =
                    run.Training && node.Autograd is { } autograd
                        ? autograd.Forward(node.Operation, node.Tensors, run)
                        : node.Operation.Forward(node.Tensors, run);
            }
            catch (ExternalException failure)
            {
                throw Failed(node, failure);
            }
            Free(run.Training ? node.LastReadsInTraining : node.LastReadsInInference);
        }
        return _values[_output]!;
    }

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
        _gradients[_output] = new() { Tensor = outputGradient, Owned = true };
        for (var n = _nodes.Length - 1; n >= 0; n--)
        {
            var node = _nodes[n];
            if (!node.NeedsBackward)
            {
                continue;
            }
            try
            {
                _call.Compute(node, parameterGradients, run);
            }
            catch (ExternalException failure)
            {
                throw Failed(node, failure);
            }
            Free(node.Output);
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
        _values[0] = null;
        for (var slot = _parameters + 1; slot < _values.Length; slot++)
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
