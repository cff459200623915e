using TorchSharp;

namespace Neptune.Torch;

/// <summary>One value over all dimensions behind batch and channels, which become 1.</summary>
internal sealed class GlobalPooling : IKernelFamily
{
    public IEnumerable<IOperationKernel> Members =>
        [
            new FunctionKernel(
                "GlobalAveragePool",
                1,
                1,
                _ => inputs => inputs[0]!.mean(Lengths(inputs[0]!), keepdim: true)
            ),
            new FunctionKernel(
                "GlobalMaxPool",
                1,
                1,
                _ => inputs => inputs[0]!.amax(Lengths(inputs[0]!), keepdim: true)
            ),
        ];

    public static long[] Lengths(torch.Tensor x) => [.. Enumerable.Range(2, (int)x.dim() - 2).Select(d => (long)d)];
}
