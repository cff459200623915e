using TorchSharp;
using static TorchSharp.torch;

namespace Neptune.Torch;

/// <summary>The same numbers as another element type, or within bounds.</summary>
internal sealed class ConversionKernels : IKernelFamily
{
    public IEnumerable<IOperationKernel> Members =>
        [
            new FunctionKernel("Cast", 1, 1, Cast),
            new FunctionKernel("CastLike", 2, 2, Cast),
            new FunctionKernel("Clip", 1, 3, Clip),
        ];

    private static Func<Tensor?[], Tensor> Cast(OperationSite site)
    {
        var type = TorchTypes.Of(site.OutputType());
        return inputs => inputs[0]!.to_type(type);
    }

    private static Func<Tensor?[], Tensor> Clip(OperationSite site)
    {
        var (least, most) = (Attribute(site, "min"), Attribute(site, "max"));
        return inputs =>
        {
            var result = inputs[0]!;
            var (min, max) = (Bound(inputs, 1), Bound(inputs, 2));
            if (least is not null || most is not null)
            {
                result = result.clamp(least, most);
            }
            return min is null && max is null ? result : result.clamp(min, max);
        };
    }

    private static Scalar? Attribute(OperationSite site, string name) =>
        site.Operation.Attributes.ContainsKey(name) ? site.Operation.Float(name, 0).ToScalar() : null;

    // A vector of one element would give a scalar a dimension.
    private static Tensor? Bound(Tensor?[] inputs, int input) =>
        input < inputs.Length ? inputs[input]?.reshape([]) : null;
}
