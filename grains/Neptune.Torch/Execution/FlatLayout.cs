using System.Collections.Immutable;
using Neptune.ModelGraph;
using TorchSharp;

namespace Neptune.Torch;

/// <summary>Where a parameter lies in a flat buffer.</summary>
internal sealed record FlatSlice(Parameter Parameter, int Offset, int Length, long[] Lengths);

/// <summary>
/// Parameters one after the other in one flat float32 buffer, in the graph's order, each at a multiple of 64 bytes. The
/// gaps hold zeros.
/// </summary>
internal sealed class FlatLayout
{
    private const int Alignment = 16; // floats in 64 bytes

    public FlatLayout(IEnumerable<Parameter> parameters)
    {
        var slices = ImmutableArray.CreateBuilder<FlatSlice>();
        var end = 0L;
        foreach (var parameter in parameters)
        {
            if (parameter.Type != ElementType.Float32)
            {
                throw new GraphException(
                    $"Parameter {parameter.Name} is of type {parameter.Type}. Training keeps weights in Float32: "
                        + "convert it when the model is imported."
                );
            }
            var length = parameter.Shape.ElementCount();
            var padded = Align(length);
            if (end + padded > int.MaxValue - 1024)
            {
                throw new GraphException(
                    $"Parameter {parameter.Name} takes the model over 2^31 elements, more than one replica holds."
                );
            }
            slices.Add(new(parameter, (int)end, (int)length, parameter.Shape.ToArray()));
            end += padded;
        }
        Slices = slices.ToImmutable();
        Length = (int)end;
    }

    /// <summary>In the graph's order.</summary>
    public ImmutableArray<FlatSlice> Slices { get; }

    /// <summary>Of the whole buffer in elements, gaps included.</summary>
    public int Length { get; }

    public static long Align(long length) => (length + Alignment - 1) / Alignment * Alignment;

    /// <summary>A view for each parameter, which no dispose scope owns.</summary>
    public torch.Tensor[] ViewsOf(torch.Tensor flat, int offset = 0) =>
        [
            .. Slices.Select(slice =>
            {
                using var part = flat.narrow(0, offset + slice.Offset, slice.Length);
                return part.view(slice.Lengths).DetachFromDisposeScope();
            }),
        ];

    /// <summary>Writes zeros between the parameters.</summary>
    public void ClearGaps(Span<float> flat)
    {
        for (var i = 0; i < Slices.Length; i++)
        {
            ClearGapBehind(i, flat);
        }
    }

    /// <summary>Writes zeros behind one parameter.</summary>
    public void ClearGapBehind(int slice, Span<float> flat) =>
        flat[(Slices[slice].Offset + Slices[slice].Length)..EndOf(slice)].Clear();

    /// <summary>Where a parameter's gap ends: at the next parameter, or at the buffer's end.</summary>
    public int EndOf(int slice) => slice + 1 < Slices.Length ? Slices[slice + 1].Offset : Length;

    /// <summary>The first parameter with an element that is no finite number, or null.</summary>
    public string? FirstNonFinite(ReadOnlySpan<float> flat)
    {
        foreach (var slice in Slices)
        {
            if (flat.Slice(slice.Offset, slice.Length).ContainsAnyExceptInRange(float.MinValue, float.MaxValue))
            {
                return slice.Parameter.Name;
            }
        }
        return null;
    }
}
