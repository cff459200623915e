using TorchSharp;

namespace Neptune.Torch;

/// <summary>Images read at computed places, and the places that an affine map gives.</summary>
internal sealed class GridKernels : IKernelFamily
{
    public IEnumerable<IOperationKernel> Members =>
        [
            new FunctionKernel(
                "GridSample",
                2,
                2,
                site =>
                {
                    var name = site.Operation.Text("mode", "linear");
                    var mode = name == "nearest" ? torch.GridSampleMode.Nearest : torch.GridSampleMode.Bilinear;
                    var outside = site.Operation.Text("padding_mode", "zeros");
                    var padding = outside switch
                    {
                        "border" => torch.GridSamplePaddingMode.Border,
                        "reflection" => torch.GridSamplePaddingMode.Reflection,
                        _ => torch.GridSamplePaddingMode.Zeros,
                    };
                    var aligns = site.Operation.Int("align_corners", 0) != 0;
                    // TorchSharp has no name for libtorch's own cubic mode.
                    return name.EndsWith("cubic", StringComparison.Ordinal)
                        ? inputs => CubicSampling.Of(inputs[0]!, inputs[1]!, outside, aligns)
                        : inputs => torch.nn.functional.grid_sample(inputs[0]!, inputs[1]!, mode, padding, aligns);
                }
            ),
            new FunctionKernel(
                "AffineGrid",
                2,
                2,
                site =>
                {
                    var aligns = site.Operation.Int("align_corners", 0) != 0;
                    return inputs =>
                        torch.nn.functional.affine_grid(inputs[0]!, TorchTypes.Numbers(inputs[1]!), aligns);
                }
            ),
        ];
}
