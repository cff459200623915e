using System.Collections.Immutable;
using Neptune.ModelGraph;
using TorchSharp;

namespace Neptune.Torch;

/// <summary>A package's weights on a device, of any element type: only training keeps all of them in float32.</summary>
internal sealed class InferenceWeights : IDisposable
{
    private readonly WeightStore _floats;
    private readonly ImmutableArray<torch.Tensor> _others;

    /// <summary>Loads the weights.</summary>
    /// <exception cref="ArgumentException">They do not fit the graph; the message names the entry.</exception>
    public InferenceWeights(TorchDevice device, Graph graph, ImmutableSortedDictionary<string, TensorValue> weights)
    {
        var others = graph.Parameters.Where(p => p.Type != ElementType.Float32).ToArray();
        var names = others.Select(p => p.Name).ToHashSet(StringComparer.Ordinal);
        var values = weights.Where(weight => names.Contains(weight.Key)).ToDictionary(StringComparer.Ordinal);
        TensorEntries.Check(
            "weights",
            values,
            others.ToDictionary(p => p.Name, p => (p.Type, p.Shape), StringComparer.Ordinal)
        );
        _floats = new(device, graph with { Parameters = [.. graph.Parameters.Where(p => !names.Contains(p.Name))] });
        _floats.Import(weights.RemoveRange(names));
        _others = [.. others.Select(p => TorchTypes.ToTensor(values[p.Name], device.Native).DetachFromDisposeScope())];
        var (nextFloat, nextOther) = (0, 0);
        Tensors =
        [
            .. graph.Parameters.Select(p =>
                names.Contains(p.Name) ? _others[nextOther++] : _floats.Tensors[nextFloat++]
            ),
        ];
    }

    /// <summary>In the graph's order, on the device.</summary>
    public ImmutableArray<torch.Tensor> Tensors { get; }

    public void Dispose()
    {
        _floats.Dispose();
        foreach (var tensor in _others)
        {
            tensor.Dispose();
        }
    }
}
