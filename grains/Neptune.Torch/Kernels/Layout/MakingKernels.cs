using Neptune.ModelGraph;
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
                        ? arange(start, limit, delta, type, inputs[0]!.device)
                    : empty([0], type, inputs[0]!.device);
            }
            var (first, bound, step) = (Real(inputs[0]!), Real(inputs[1]!), Real(inputs[2]!));
            return step == 0 ? throw site.Error("delta is 0")
                : (bound > first) == (step > 0) && bound != first ? arange(first, bound, step, type, inputs[0]!.device)
                : empty([0], type, inputs[0]!.device);
        };
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
            var rows = arange(x.size(0), ScalarType.Int64, x.device).unsqueeze(1) + k;
            return rows.eq(arange(x.size(1), ScalarType.Int64, x.device)).to_type(type);
        };
    }
}
