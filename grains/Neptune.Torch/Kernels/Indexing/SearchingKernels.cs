using static TorchSharp.torch;

namespace Neptune.Torch;

/// <summary>Places found, and places marked.</summary>
internal sealed class SearchingKernels : IKernelFamily
{
    public IEnumerable<IOperationKernel> Members =>
        [
            new FunctionKernel("ArgMax", 1, 1, site => Extreme(site, (x, axis, keeps) => x.argmax(axis, keeps))),
            new FunctionKernel("ArgMin", 1, 1, site => Extreme(site, (x, axis, keeps) => x.argmin(axis, keeps))),
            new FunctionKernel("NonZero", 1, 1, _ => inputs => inputs[0]!.atleast_1d().nonzero().t()),
            new FunctionKernel("OneHot", 3, 3, OneHot),
            new FunctionKernel("CumSum", 2, 2, CumSum),
        ];

    private static Func<Tensor?[], Tensor> Extreme(OperationSite site, Func<Tensor, long, bool, Tensor> find)
    {
        var axis = site.Operation.Int("axis", 0);
        var keeps = site.Operation.Int("keepdims", 1) != 0;
        var last = site.Operation.Int("select_last_index", 0) != 0;
        return inputs =>
        {
            var x = inputs[0]!;
            return last
                ? find(x.flip(axis), axis, keeps)
                    .neg()
                    .add(Scalars.Of(x.shape[axis < 0 ? axis + x.dim() : axis] - 1), Scalars.One)
                : find(x, axis, keeps);
        };
    }

    private static Func<Tensor?[], Tensor> OneHot(OperationSite site)
    {
        var axis = site.Operation.Int("axis", -1);
        return inputs =>
        {
            var places = inputs[0]!.to_type(ScalarType.Int64);
            var depth = TorchTypes.Numbers(inputs[1]!)[0];
            if (depth < 0)
            {
                throw site.Error($"depth is {depth}, and must not be negative");
            }
            var rank = (int)places.dim() + 1;
            var d = (int)(axis < 0 ? axis + rank : axis);
            var marked = Places
                .Along(Places.Counting(depth, places.device), d, rank)
                .eq(where(places.lt(Scalars.Of(0)), places.add(Scalars.Of(depth), Scalars.One), places).unsqueeze(d));
            return where(marked, inputs[2]!.select(0, 1), inputs[2]!.select(0, 0));
        };
    }

    private static Func<Tensor?[], Tensor> CumSum(OperationSite site)
    {
        var exclusive = site.Operation.Int("exclusive", 0) != 0;
        var reverse = site.Operation.Int("reverse", 0) != 0;
        return inputs =>
        {
            var x = inputs[0]!;
            var axis = TorchTypes.Numbers(inputs[1]!)[0];
            if (axis < -x.dim() || axis >= x.dim())
            {
                throw site.Error($"axis is {axis}, and x has {x.dim()} dimensions");
            }
            var d = axis < 0 ? axis + x.dim() : axis;
            var ordered = reverse ? x.flip(d) : x;
            if (exclusive && x.shape[d] > 0)
            {
                ordered = cat([zeros_like(ordered.narrow(d, 0, 1)), ordered.narrow(d, 0, x.shape[d] - 1)], d);
            }
            var sums = ordered.cumsum(d, x.dtype);
            return reverse ? sums.flip(d) : sums;
        };
    }
}
