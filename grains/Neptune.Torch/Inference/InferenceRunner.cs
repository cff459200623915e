using System.Collections.Immutable;
using Neptune.ModelGraph;
using TorchSharp;

namespace Neptune.Torch;

/// <summary>A loaded <see cref="InferencePackage"/> on one device. Made, used and disposed on the device's own thread.</summary>
public sealed class InferenceRunner : IDisposable
{
    private readonly TorchDevice _device;
    private readonly InferenceGraph _graph;
    private readonly InferenceWeights _weights;
    private readonly GraphExecutor _executor;
    private readonly InputTensors? _features;
    private readonly RunContext _run = new() { WeightsStay = true };
    private bool _disposed;

    /// <summary>Loads a package.</summary>
    /// <exception cref="GraphException">The graph cannot be run; the message names the operation.</exception>
    /// <exception cref="ArgumentException">The weights do not fit the graph; the message names the entry.</exception>
    public InferenceRunner(TorchDevice device, InferencePackage package)
    {
        device.EnsureCurrent();
        _device = device;
        _graph = package.Graph;
        var graph = _graph.Graph;
        _weights = new(device, graph, package.Weights);
        var plan = new ExecutionPlan(graph, device, [.. graph.Outputs.Select(output => output.Name)]);
        _executor = new(plan, _weights.Tensors);
        _features = TakesFeatures(graph) ? new(device, graph.Inputs[0]) : null;
    }

    /// <summary>The number of feature values of one sample.</summary>
    /// <exception cref="GraphException">The graph does not take rows of features.</exception>
    public int FeaturesOfSample => Features.ElementsOfSample;

    private InputTensors Features =>
        _features
        ?? throw new GraphException(
            $"Graph {_graph.Graph.Name} takes ({string.Join(", ", _graph.Graph.Inputs)}) and gives "
                + $"({string.Join(", ", _graph.Graph.Outputs)}), not rows of features. Run it with tensors by name."
        );

    /// <summary>The answers for rows of features.</summary>
    /// <param name="features">Rows times the elements of a sample, in C order.</param>
    /// <param name="rows">The number of samples.</param>
    /// <param name="raw">True where features are yet to be multiplied by the graph's input scale.</param>
    /// <returns>Rows times the elements of the first output; probabilities where the package classifies.</returns>
    /// <exception cref="GraphException">The graph does not take rows of features.</exception>
    public float[] Predict(ReadOnlySpan<float> features, int rows, bool raw = false)
    {
        var inputs = Features;
        ObjectDisposedException.ThrowIf(_disposed, this);
        _device.EnsureCurrent();
        if (rows == 0)
        {
            return [];
        }
        using var scope = torch.NewDisposeScope();
        using var noGrad = torch.no_grad();
        try
        {
            _run.Rows = rows;
            var outputs = _executor.Forward(inputs.Fill(features, rows, raw ? _graph.InputScale : 1), _run);
            var values = TensorMemory.Floats(Plain(outputs)).ToArray();
            if (_graph.OutputIsLogits && outputs.size(-1) == 1)
            {
                SigmoidMath.Sigmoid(values);
            }
            else if (_graph.OutputIsLogits)
            {
                SoftmaxMath.SoftmaxRows(values, checked((int)outputs.size(-1)));
            }
            return values;
        }
        finally
        {
            _executor.Clear();
        }
    }

    /// <summary>Runs the graph as it is: nothing is scaled, and logits stay logits.</summary>
    /// <param name="inputs">A value for each of the graph's inputs, by name.</param>
    /// <returns>The graph's outputs, in its order.</returns>
    /// <exception cref="ArgumentException">An input is missing, unknown, or of another type or shape.</exception>
    /// <exception cref="GraphException">An operation fails on the inputs' shapes.</exception>
    public ImmutableArray<TensorValue> Run(IReadOnlyDictionary<string, TensorValue> inputs)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        _device.EnsureCurrent();
        RunInputs.Check(_graph.Graph, inputs);
        using var scope = torch.NewDisposeScope();
        using var noGrad = torch.no_grad();
        try
        {
            var tensors = _graph
                .Graph.Inputs.Select(input => TorchTypes.ToTensor(inputs[input.Name], _device.Native))
                .ToArray();
            _run.Rows = tensors is [var first, ..] && first.dim() > 0 ? checked((int)first.size(0)) : 1;
            _executor.Forward(tensors, _run);
            return
            [
                .. Enumerable
                    .Range(0, _graph.Graph.Outputs.Length)
                    .Select(output => TorchTypes.ToValue(_executor.Output(output))),
            ];
        }
        finally
        {
            _executor.Clear();
        }
    }

    /// <summary>Frees all native memory.</summary>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }
        _device.EnsureCurrent();
        _disposed = true;
        _executor.Dispose();
        _features?.Dispose();
        _weights.Dispose();
    }

    // Most answers lie in host memory as they are wanted.
    private torch.Tensor Plain(torch.Tensor outputs) =>
        _device.IsCpu && _graph.Graph.Outputs[0].Type == ElementType.Float32 && outputs.is_contiguous()
            ? outputs
            : outputs.cpu().to_type(torch.ScalarType.Float32).contiguous();

    private static bool TakesFeatures(Graph graph) =>
        graph.Inputs is [{ Shape: { IsKnown: true, Rank: > 0 } shape }]
        && shape.Dimensions.Skip(1).All(d => d.IsFixed)
        && graph.Outputs is [{ Type: ElementType.Float32 or ElementType.Float16 or ElementType.Float64 }];
}
