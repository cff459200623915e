using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Neptune.ModelGraph;

namespace Neptune.Torch;

/// <summary>The optimizer with its state, laid out as the weights are.</summary>
internal sealed class ReplicaState(WeightStore weights, FusedOptimizer optimizer) : IDisposable
{
    private readonly FlatBuffer[] _vectors =
    [
        .. optimizer.StateNames.Select(_ => new FlatBuffer(weights.Trainable.Length)),
    ];

    /// <summary>The state's vectors in order.</summary>
    public IEnumerable<Memory<float>> Vectors => _vectors.Select(vector => vector.Memory);

    /// <summary>One optimizer step on all weights.</summary>
    /// <returns>True where all gradients were finite.</returns>
    public bool Apply(ReadOnlySpan<float> gradients, float count)
    {
        optimizer.Begin();
        return optimizer.Update(weights.TrainableElements, gradients, count, Vector(0), Vector(1));
    }

    public ImmutableSortedDictionary<string, TensorValue> Export()
    {
        var entries = ImmutableSortedDictionary.CreateBuilder<string, TensorValue>(StringComparer.Ordinal);
        for (var v = 0; v < _vectors.Length; v++)
        {
            foreach (var slice in weights.Trainable.Slices)
            {
                entries.Add(Name(v, slice), TensorValue.Of(slice.Parameter.Shape, Elements(v, slice)));
            }
        }
        if (optimizer.StepName is { } step)
        {
            var bytes = new byte[8];
            MemoryMarshal.Write(bytes, optimizer.Step);
            entries.Add(step, new(ElementType.Int64, Shape.Scalar, bytes));
        }
        return entries.ToImmutable();
    }

    public void Import(IReadOnlyDictionary<string, TensorValue> state)
    {
        var wanted = new Dictionary<string, (ElementType, Shape)>(StringComparer.Ordinal);
        for (var v = 0; v < _vectors.Length; v++)
        {
            foreach (var slice in weights.Trainable.Slices)
            {
                wanted.Add(Name(v, slice), (ElementType.Float32, slice.Parameter.Shape));
            }
        }
        if (optimizer.StepName is { } step)
        {
            wanted.Add(step, (ElementType.Int64, Shape.Scalar));
        }
        TensorEntries.Check("optimizer's state entries", state, wanted);
        for (var v = 0; v < _vectors.Length; v++)
        {
            foreach (var slice in weights.Trainable.Slices)
            {
                state[Name(v, slice)].Floats.CopyTo(Elements(v, slice));
            }
        }
        optimizer.Step = optimizer.StepName is { } name ? MemoryMarshal.Read<long>(state[name].Bytes.Span) : 0;
    }

    public void Dispose()
    {
        foreach (var vector in _vectors)
        {
            vector.Free();
        }
    }

    private Span<float> Vector(int index) => index < _vectors.Length ? _vectors[index].GetSpan() : default;

    private Span<float> Elements(int vector, FlatSlice slice) =>
        _vectors[vector].GetSpan().Slice(slice.Offset, slice.Length);

    private string Name(int vector, FlatSlice slice) => $"{optimizer.StateNames[vector]}/{slice.Parameter.Name}";
}
