using TorchSharp;

namespace Neptune.Torch;

/// <summary>Sums of products by Einstein's convention.</summary>
internal sealed class EinsumKernel : IKernelFamily
{
    public IEnumerable<IOperationKernel> Members =>
        [
            new FunctionKernel(
                "Einsum",
                1,
                int.MaxValue,
                site =>
                {
                    var equation = site.Operation.Text("equation", "").Replace(" ", "", StringComparison.Ordinal);
                    return inputs => torch.einsum(equation, inputs!);
                }
            ),
        ];
}
