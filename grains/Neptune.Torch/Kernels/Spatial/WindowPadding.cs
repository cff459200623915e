using Neptune.ModelGraph;
using TorchSharp;

namespace Neptune.Torch;

/// <summary>Makes an input just as long as a window's way over it.</summary>
internal static class WindowPadding
{
    /// <summary>
    /// Pads with <paramref name="value"/>, and cuts off what no window reaches; a tensor handle of its own.
    /// </summary>
    public static torch.Tensor Pad(torch.Tensor x, Window window, double value)
    {
        // libtorch wants the last dimension first.
        var pads = window.Axes.Reverse().SelectMany(axis => (long[])[axis.PadBegin, End(axis)]).ToArray();
        return pads.All(pad => pad == 0) ? x.alias() : torch.nn.functional.pad(x, pads, PaddingModes.Constant, value);
    }

    private static long End(WindowAxis axis) =>
        ((axis.OutputLength - 1) * axis.Stride)
        + ((axis.Kernel - 1) * axis.Dilation)
        + 1
        - axis.InputLength
        - axis.PadBegin;
}
