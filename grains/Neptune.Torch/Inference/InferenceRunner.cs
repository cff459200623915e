using Neptune.ModelGraph;
using TorchSharp;

namespace Neptune.Torch;

/// <summary>A loaded <see cref="InferencePackage"/> on one device. Made, used and disposed on the device's own thread.</summary>
public sealed class InferenceRunner : IDisposable
{
    private readonly TorchDevice _device;
    private readonly InferenceGraph _graph;
    private readonly WeightStore _weights;
    private readonly GraphExecutor _executor;
    private readonly InputTensors _inputs;
    private readonly RunContext _run = new();
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
        if (graph.Outputs.Length != 1)
        {
            throw new GraphException(
                $"Graph {graph.Name} has {graph.Outputs.Length} outputs ({string.Join(", ", graph.Outputs)}). One is "
                    + "supported."
            );
        }
        _weights = new(device, graph);
        _weights.Import(package.Weights);
        _executor = new(new(graph, graph.Outputs[0].Name, device), _weights.Tensors);
        _inputs = new(device, graph.Inputs[0]);
    }

    /// <summary>The number of feature values of one sample.</summary>
    public int FeaturesOfSample => _inputs.ElementsOfSample;

    /// <summary>The answers for rows of features.</summary>
    /// <param name="features">Rows times the elements of a sample, in C order.</param>
    /// <param name="rows">The number of samples.</param>
    /// <param name="raw">True where features are yet to be multiplied by the graph's input scale.</param>
    /// <returns>Rows times the elements of an output; probabilities where the package classifies.</returns>
    public float[] Predict(ReadOnlySpan<float> features, int rows, bool raw = false)
    {
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
            var outputs = _executor.Forward(_inputs.Fill(features, rows, raw ? _graph.InputScale : 1), _run);
            using var plain = outputs.cpu().contiguous();
            var values = TensorMemory.Floats(plain).ToArray();
            if (_graph.OutputIsLogits)
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
        _inputs.Dispose();
        _weights.Dispose();
    }
}
