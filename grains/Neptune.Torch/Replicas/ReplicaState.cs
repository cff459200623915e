using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Neptune.ModelGraph;

namespace Neptune.Torch;

/// <summary>The optimizer with its state, laid out as the weights are.</summary>
/// <param name="weights">What it updates.</param>
/// <param name="optimizer">How.</param>
/// <param name="updates">Parameters that are trained unlike the others.</param>
/// <param name="clipping">How large a gradient may be; null leaves it as it is.</param>
internal sealed class ReplicaState(
    WeightStore weights,
    FusedOptimizer optimizer,
    ImmutableSortedDictionary<string, ParameterUpdate> updates,
    GradientClipping? clipping
) : IDisposable
{
    private const int BlockLength = 4096; // a block of weights, gradients and state fits the first-level cache

    private readonly FlatBuffer[] _vectors = [.. optimizer.StateNames.Select(_ => NewVector(weights, optimizer))];
    private readonly ImmutableArray<UpdateRange> _ranges = UpdateRange.Of(weights.Trainable, updates);
    private readonly float[] _block = new float[BlockLength];
    private readonly float[] _clipped = new float[clipping is null ? 0 : weights.Trainable.Length];

    /// <summary>The state's vectors in order.</summary>
    public IEnumerable<Memory<float>> Vectors => _vectors.Select(vector => vector.Memory);

    /// <summary>One optimizer step on all weights.</summary>
    /// <returns>True where all gradients were finite.</returns>
    public bool Apply(ReadOnlySpan<float> gradients, float count)
    {
        optimizer.Begin();
        if (clipping is not null)
        {
            return ApplyClipped(clipping, gradients, count);
        }
        var finite = true;
        foreach (var range in _ranges)
        {
            optimizer.Scale(range.Update.RateFactor);
            finite &= range.Update is { L2: 0, L1: 0 }
                ? Update(range.Start, range.Length, gradients.Slice(range.Start, range.Length), count)
                : ApplyWithPenalty(range, gradients, count);
        }
        return finite;
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

    // What is not finite is not clipped: it would look as if it were.
    private bool ApplyClipped(GradientClipping how, ReadOnlySpan<float> gradients, float count)
    {
        var isBefore = how is GradientClipping.GlobalNorm { BeforePenalty: true };
        WriteMeans(gradients, count, withPenalty: !isBefore);
        if (!_clipped.AsSpan().ContainsAnyExceptInRange(float.MinValue, float.MaxValue))
        {
            GradientClip.Apply(how, _clipped, weights.Trainable.Slices, _ranges);
        }
        if (isBefore)
        {
            WriteMeans(_clipped, 1, withPenalty: true);
        }
        var finite = true;
        foreach (var range in _ranges)
        {
            optimizer.Scale(range.Update.RateFactor);
            finite &= Update(range.Start, range.Length, _clipped.AsSpan(range.Start, range.Length), 1);
        }
        return finite;
    }

    private void WriteMeans(ReadOnlySpan<float> gradients, float count, bool withPenalty)
    {
        foreach (var range in _ranges)
        {
            var (l2, l1) = withPenalty ? (range.Update.L2, range.Update.L1) : (0, 0);
            WeightPenalty.Add(
                weights.TrainableElements.Slice(range.Start, range.Length),
                gradients.Slice(range.Start, range.Length),
                count,
                l2,
                l1,
                _clipped.AsSpan(range.Start, range.Length)
            );
        }
    }

    private bool ApplyWithPenalty(UpdateRange range, ReadOnlySpan<float> gradients, float count)
    {
        var (l2, l1) = (range.Update.L2, range.Update.L1);
        var finite = true;
        for (var done = 0; done < range.Length; done += BlockLength)
        {
            var (start, length) = (range.Start + done, Math.Min(BlockLength, range.Length - done));
            var means = _block.AsSpan(0, length);
            var elements = weights.TrainableElements.Slice(start, length);
            WeightPenalty.Add(elements, gradients.Slice(start, length), count, l2, l1, means);
            finite &= Update(start, length, means, 1);
        }
        return finite;
    }

    private bool Update(int start, int length, ReadOnlySpan<float> gradients, float count) =>
        optimizer.Update(
            weights.TrainableElements.Slice(start, length),
            gradients,
            count,
            Vector(0, start, length),
            Vector(1, start, length)
        );

    private Span<float> Vector(int index, int start, int length) =>
        index < _vectors.Length ? _vectors[index].GetSpan().Slice(start, length) : default;

    private static FlatBuffer NewVector(WeightStore weights, FusedOptimizer optimizer)
    {
        var vector = new FlatBuffer(weights.Trainable.Length);
        if (optimizer.InitialState != 0)
        {
            vector.GetSpan().Fill(optimizer.InitialState);
        }
        return vector;
    }

    private Span<float> Elements(int vector, FlatSlice slice) =>
        _vectors[vector].GetSpan().Slice(slice.Offset, slice.Length);

    private string Name(int vector, FlatSlice slice) => $"{optimizer.StateNames[vector]}/{slice.Parameter.Name}";
}
