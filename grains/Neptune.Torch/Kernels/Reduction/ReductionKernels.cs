using Neptune.ModelGraph;
using TorchSharp;
using static TorchSharp.torch;

namespace Neptune.Torch;

/// <summary>Sums and the like over axes.</summary>
internal sealed class ReductionKernels : IKernelFamily
{
    public IEnumerable<IOperationKernel> Members =>
        [
            Reduction("ReduceL1", (x, axes) => x.abs().sum(axes, type: x.dtype)),
            Reduction("ReduceL2", (x, axes) => Real(x, r => linalg.vector_norm(r, 2, axes))),
            Reduction("ReduceLogSum", (x, axes) => Real(x, r => r.sum(axes).log())),
            Reduction("ReduceLogSumExp", (x, axes) => Real(x, r => EachAxis(r, axes, (y, axis) => y.logsumexp(axis)))),
            Reduction("ReduceMax", (x, axes) => Extreme(x, axes, least: false)),
            Reduction("ReduceMin", (x, axes) => Extreme(x, axes, least: true)),
            Reduction("ReduceMean", (x, axes) => Real(x, r => r.mean(axes))),
            Reduction("ReduceProd", (x, axes) => EachAxis(x, axes, (y, axis) => y.prod(axis, type: x.dtype))),
            Reduction("ReduceSum", (x, axes) => x.sum(axes, type: x.dtype)),
            Reduction("ReduceSumSquare", (x, axes) => (x * x).sum(axes, type: x.dtype)),
            new FunctionKernel("Det", 1, 1, _ => inputs => linalg.det(inputs[0]!)),
        ];

    private static FunctionKernel Reduction(string type, Func<Tensor, long[], Tensor> reduce) =>
        new(type, 1, 2, site => inputs => Reduce(site, inputs, reduce));

    private static Tensor Reduce(OperationSite site, Tensor?[] inputs, Func<Tensor, long[], Tensor> reduce)
    {
        var x = inputs[0]!;
        var shape = x.shape;
        long[] given =
            site.Operation.Attributes.ContainsKey("axes") ? [.. site.Operation.Ints("axes")]
            : inputs.Length > 1 && inputs[1] is { } input ? TorchTypes.Numbers(input)
            : [];
        if (given.FirstOrDefault(axis => axis < -shape.Length || axis >= shape.Length, -1) is var wrong && wrong != -1)
        {
            throw site.Error($"axes holds {wrong}, and data has {shape.Length} dimensions");
        }
        long[] axes =
            given.Length > 0 ? [.. given.Select(axis => axis < 0 ? axis + shape.Length : axis)]
            : site.Operation.Int("noop_with_empty_axes", 0) != 0 ? []
            : [.. Enumerable.Range(0, shape.Length).Select(i => (long)i)];
        // libtorch takes no axes for all: an axis of one element more is reduced instead.
        var reduced = axes.Length == 0 ? reduce(x.unsqueeze(0), [0]) : reduce(x, axes);
        return site.Operation.Int("keepdims", 1) != 0
            ? reduced.reshape([.. shape.Select((length, i) => axes.Contains(i) ? 1 : length)])
            : reduced;
    }

    // Whole numbers are summed exactly, and what comes of it is cut.
    private static Tensor Real(Tensor x, Func<Tensor, Tensor> function) =>
        x.is_floating_point() ? function(x) : function(x.to_type(ScalarType.Float64)).to_type(x.dtype);

    private static Tensor EachAxis(Tensor x, long[] axes, Func<Tensor, long, Tensor> reduce) =>
        axes.OrderDescending().Aggregate(x, reduce);

    private static Tensor Extreme(Tensor x, long[] axes, bool least)
    {
        if (axes.All(axis => x.shape[axis] > 0))
        {
            return least ? x.amin(axes) : x.amax(axes);
        }
        // The least of nothing is greater than all.
        var shape = x.shape.Where((_, i) => !axes.Contains(i)).ToArray();
        return full(shape, Bound(TorchTypes.Of(x.dtype), greatest: least), x.dtype, x.device);
    }

    private static Scalar Bound(ElementType type, bool greatest) =>
        type switch
        {
            ElementType.Boolean => Scalars.Of(greatest ? 1 : 0),
            ElementType.UInt8 => Scalars.Of(greatest ? byte.MaxValue : byte.MinValue),
            ElementType.Int8 => Scalars.Of(greatest ? sbyte.MaxValue : sbyte.MinValue),
            ElementType.Int16 => Scalars.Of(greatest ? short.MaxValue : short.MinValue),
            ElementType.Int32 => Scalars.Of(greatest ? int.MaxValue : int.MinValue),
            ElementType.Int64 => Scalars.Of(greatest ? long.MaxValue : long.MinValue),
            _ => Scalars.Of(greatest ? double.PositiveInfinity : double.NegativeInfinity),
        };
}
