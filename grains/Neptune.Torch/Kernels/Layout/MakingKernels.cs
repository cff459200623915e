using Neptune.ModelGraph;
using TorchSharp;
using static TorchSharp.torch;

namespace Neptune.Torch;

/// <summary>Tensors made of lengths and bounds, and lengths made of tensors.</summary>
internal sealed class MakingKernels : IKernelFamily
{
    public IEnumerable<IOperationKernel> Members =>
        [
            new FunctionKernel("Shape", 1, 1, ShapeOf),
            new FunctionKernel(
                "Size",
                1,
                1,
                _ => inputs => tensor(inputs[0]!.NumberOfElements, ScalarType.Int64, inputs[0]!.device)
            ),
            new FunctionKernel("Range", 3, 3, Range),
            new FunctionKernel("EyeLike", 1, 1, EyeLike),
        ];

    private static Func<Tensor?[], Tensor> ShapeOf(OperationSite site)
    {
        var start = site.Operation.Int("start", 0);
        var end = site.Operation.Int("end", long.MaxValue);
        return inputs =>
        {
            var shape = inputs[0]!.shape;
            var first = (int)Math.Clamp(start < 0 ? start + shape.Length : start, 0, shape.Length);
            var last = (int)Math.Clamp(end < 0 ? end + shape.Length : end, 0, shape.Length);
            return tensor(last > first ? shape[first..last] : [], ScalarType.Int64, inputs[0]!.device);
        };
    }

    private static Func<Tensor?[], Tensor> Range(OperationSite site)
    {
        var type = TorchTypes.Of(site.OutputType());
        return inputs =>
        {
            if (!site.OutputType().IsFloating())
            {
                var (start, limit, delta) = (One(inputs[0]!), One(inputs[1]!), One(inputs[2]!));
                return delta == 0 ? throw site.Error("delta is 0")
                    : (limit > start) == (delta > 0) && limit != start
                        ? Counted(start.ToScalar(), limit.ToScalar(), delta.ToScalar(), type, inputs[0]!.device)
                    : empty([0], type, inputs[0]!.device);
            }
            var (first, bound, step) = (Real(inputs[0]!), Real(inputs[1]!), Real(inputs[2]!));
            return step == 0 ? throw site.Error("delta is 0")
                : (bound > first) == (step > 0) && bound != first
                    ? Counted(first.ToScalar(), bound.ToScalar(), step.ToScalar(), type, inputs[0]!.device)
                : empty([0], type, inputs[0]!.device);
        };
    }

    // These numbers come from tensors: they are not kept for good, but until they are read.
    private static Tensor Counted(Scalar from, Scalar to, Scalar by, ScalarType type, Device device)
    {
        using (from)
        using (to)
        using (by)
        {
            return arange(from, to, by, type, device);
        }
    }

    private static long One(Tensor tensor) => TorchTypes.Numbers(tensor)[0];

    private static double Real(Tensor tensor) => tensor.detach().to_type(ScalarType.Float64).item<double>();

    private static Func<Tensor?[], Tensor> EyeLike(OperationSite site)
    {
        var type = TorchTypes.Of(site.OutputType());
        var k = site.Operation.Int("k", 0);
        return inputs =>
        {
            var x = inputs[0]!;
            var rows = Places.Counting(x.size(0), x.device).unsqueeze(1).add(Scalars.Of(k), Scalars.One);
            return rows.eq(Places.Counting(x.size(1), x.device)).to_type(type);
        };
    }
}
