using Neptune.ModelGraph;
using TorchSharp;

namespace Neptune.Torch;

/// <summary>Input tensors that are made once for each number of rows, and filled by plain copies.</summary>
internal sealed class InputTensors : IDisposable
{
    private const int Kept = 4;

    private readonly TorchDevice _device;
    private readonly ValueSignature _signature;
    private readonly torch.ScalarType _type;
    private readonly long[] _lengths;
    private readonly Dictionary<int, torch.Tensor> _byRows = [];

    public InputTensors(TorchDevice device, ValueSignature signature)
    {
        var dimensions = signature.Shape.Dimensions;
        if (dimensions.Length == 0 || dimensions.Skip(1).Any(d => !d.IsFixed))
        {
            throw new GraphException($"Input {signature} must have the batch first and fixed dimensions behind it.");
        }
        _device = device;
        _signature = signature;
        _type = TorchTypes.Of(signature.Type);
        _lengths = [0, .. dimensions.Skip(1).Select(d => d.Length)];
        ElementsOfSample = checked((int)_lengths.Skip(1).Aggregate(1L, (a, b) => checked(a * b)));
    }

    public int ElementsOfSample { get; }

    /// <summary>The features as a tensor on the device, valid until the next call.</summary>
    public torch.Tensor Fill(ReadOnlySpan<float> features, int rows, float scale = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        if (features.Length != (long)rows * ElementsOfSample)
        {
            throw new ArgumentException(
                $"The batch holds {features.Length} feature values for {rows} samples. Input {_signature} takes "
                    + $"{ElementsOfSample} for each: {(long)rows * ElementsOfSample}."
            );
        }
        if (!_byRows.TryGetValue(rows, out var tensor))
        {
            if (_byRows.Count == Kept)
            {
                Dispose();
            }
            _lengths[0] = rows;
            tensor = torch.empty(_lengths, torch.float32).DetachFromDisposeScope();
            _byRows.Add(rows, tensor);
        }
        var elements = TensorMemory.Floats(tensor);
        if (scale == 1)
        {
            features.CopyTo(elements);
        }
        else
        {
            System.Numerics.Tensors.TensorPrimitives.Multiply(features, scale, elements);
        }
        // Features are float32 arrays; class numbers and tokens are whole in them.
        var typed = _type == torch.ScalarType.Float32 ? tensor : tensor.to_type(_type);
        return _device.IsCpu ? typed : typed.to(_device.Native);
    }

    public void Dispose()
    {
        foreach (var tensor in _byRows.Values)
        {
            tensor.Dispose();
        }
        _byRows.Clear();
    }
}
