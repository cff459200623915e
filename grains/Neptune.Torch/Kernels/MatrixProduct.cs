using TorchSharp;

namespace Neptune.Torch;

/// <summary>The matrix product of tensors whose lengths may not be known before they are here.</summary>
internal static class MatrixProduct
{
    /// <summary>The product, with NumPy's broadcasting.</summary>
    /// <exception cref="ModelGraph.GraphException">The lengths do not fit: TorchSharp's matmul would end the process.</exception>
    public static torch.Tensor Of(OperationSite site, torch.Tensor left, torch.Tensor right)
    {
        var (a, b) = (left.shape, right.shape);
        var isProduct = a.Length > 0 && b.Length > 0 && a[^1] == b[b.Length == 1 ? 0 : ^2];
        for (var axis = 3; isProduct && axis <= Math.Min(a.Length, b.Length); axis++)
        {
            isProduct = a[^axis] == b[^axis] || a[^axis] == 1 || b[^axis] == 1;
        }
        return isProduct
            ? torch.matmul(left, right)
            : throw site.Error(
                $"A has shape ({string.Join(", ", a)}) and B has shape ({string.Join(", ", b)}), which have no matrix "
                    + "product: inner lengths must be equal, and leading ones broadcast"
            );
    }
}
