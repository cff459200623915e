using System.Collections.Immutable;
using Neptune.ModelGraph;
using TorchSharp;

namespace Neptune.Torch;

/// <summary>A graph's parameters in flat host memory, and the tensors that the graph computes with.</summary>
internal sealed class WeightStore : IDisposable
{
    private readonly TorchDevice _device;
    private readonly Graph _graph;
    private readonly FlatBuffer _trainable;
    private readonly FlatBuffer _buffers;
    private readonly Dictionary<string, (FlatBuffer Buffer, FlatSlice Slice)> _places = new(StringComparer.Ordinal);
    private readonly torch.Tensor? _deviceTrainable;
    private readonly torch.Tensor? _deviceBuffers;

    public WeightStore(TorchDevice device, Graph graph)
    {
        _device = device;
        _graph = graph;
        Trainable = new(graph.Parameters.Where(p => p.Trainable));
        Buffers = new(graph.Parameters.Where(p => !p.Trainable));
        _trainable = new(Trainable.Length);
        _buffers = new(Buffers.Length);
        if (!device.IsCpu)
        {
            _deviceTrainable = TensorMemory.NewFlat(Math.Max(1, Trainable.Length), device.Native);
            _deviceBuffers = TensorMemory.NewFlat(Math.Max(1, Buffers.Length), device.Native);
        }
        var trainable = new Queue<torch.Tensor>(Trainable.ViewsOf(_deviceTrainable ?? _trainable.Tensor));
        var buffers = new Queue<torch.Tensor>(Buffers.ViewsOf(_deviceBuffers ?? _buffers.Tensor));
        foreach (var (layout, buffer) in new[] { (Trainable, _trainable), (Buffers, _buffers) })
        {
            foreach (var slice in layout.Slices)
            {
                if (!_places.TryAdd(slice.Parameter.Name, (buffer, slice)))
                {
                    throw new GraphException($"Graph {graph.Name} has two parameters called {slice.Parameter.Name}.");
                }
            }
        }
        Tensors = [.. graph.Parameters.Select(p => (p.Trainable ? trainable : buffers).Dequeue())];
        for (var p = 0; p < Tensors.Count; p++)
        {
            Tensors[p].requires_grad = graph.Parameters[p].Trainable;
        }
    }

    /// <summary>Where trainable parameters lie.</summary>
    public FlatLayout Trainable { get; }

    /// <summary>Where the others lie.</summary>
    public FlatLayout Buffers { get; }

    /// <summary>In the graph's order, on the device; trainable ones are leaves of autograd.</summary>
    public IReadOnlyList<torch.Tensor> Tensors { get; }

    /// <summary>All trainable elements, gaps included.</summary>
    public Span<float> TrainableElements => _trainable.GetSpan();

    /// <summary>All trainable elements, gaps included.</summary>
    public Memory<float> TrainableMemory => _trainable.Memory;

    /// <summary>The elements of all other parameters, gaps included.</summary>
    public Memory<float> BufferMemory => _buffers.Memory;

    /// <summary>The elements of one parameter.</summary>
    public Span<float> ElementsOf(Parameter parameter) => ElementsOf(parameter.Name);

    /// <summary>The elements of one parameter.</summary>
    public Span<float> ElementsOf(string parameter)
    {
        var (buffer, slice) = _places[parameter];
        return buffer.GetSpan().Slice(slice.Offset, slice.Length);
    }

    public void Draw(ulong seed)
    {
        foreach (var parameter in _graph.Parameters.Where(p => p.Initializer is not Initializer.OfModule))
        {
            ParameterValues.Fill(parameter, seed, ElementsOf(parameter));
        }
        foreach (var operation in _graph.Operations.Where(o => o.Type == ModuleOperation.Type))
        {
            ModuleWeights.Draw(operation, seed, _device, ElementsOf);
        }
        Publish();
    }

    public void Import(IReadOnlyDictionary<string, TensorValue> weights)
    {
        TensorEntries.Check(
            "weights",
            weights,
            _graph.Parameters.ToDictionary(p => p.Name, p => (ElementType.Float32, p.Shape), StringComparer.Ordinal)
        );
        foreach (var parameter in _graph.Parameters)
        {
            weights[parameter.Name].Floats.CopyTo(ElementsOf(parameter));
        }
        Publish();
    }

    public ImmutableSortedDictionary<string, TensorValue> Export() =>
        _graph.Parameters.ToImmutableSortedDictionary(
            p => p.Name,
            p => TensorValue.Of(p.Shape, ElementsOf(p)),
            StringComparer.Ordinal
        );

    /// <summary>Copies changed weights to the device, where that is no CPU.</summary>
    public void Publish()
    {
        if (_deviceTrainable is not null)
        {
            using var scope = torch.NewDisposeScope();
            using var noGrad = torch.no_grad();
            _deviceTrainable.copy_(_trainable.Tensor);
            _deviceBuffers!.copy_(_buffers.Tensor);
        }
    }

    public void Dispose()
    {
        foreach (var tensor in Tensors)
        {
            tensor.Dispose();
        }
        _deviceTrainable?.Dispose();
        _deviceBuffers?.Dispose();
        _trainable.Free();
        _buffers.Free();
    }
}
