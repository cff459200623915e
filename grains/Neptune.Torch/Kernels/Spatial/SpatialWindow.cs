using Neptune.ModelGraph;
using TorchSharp;

namespace Neptune.Torch;

// N samples, C channels, H height, W width

/// <summary>The window of a convolution or pooling in libtorch's terms, worked out once for each image size.</summary>
internal sealed class SpatialWindow(OperationSite site)
{
    private readonly Shape? _filters = site.ParameterAt(1)?.Shape;
    private long _height = -1;
    private long _width = -1;

    public long[] Kernel { get; private set; } = [];

    public long[] Strides { get; private set; } = [];

    public long[] Dilations { get; private set; } = [];

    /// <summary>(height, width) of padding that libtorch does itself, where it is alike on both sides.</summary>
    public long[] Padding { get; private set; } = [];

    /// <summary>The window with the padding that libtorch does.</summary>
    public PlainWindow Plain => new(Kernel, Strides, Padding, Dilations);

    /// <summary>True where padding differs between sides, or is over half a window of a pooling.</summary>
    public bool NeedsExplicitPadding { get; private set; }

    /// <summary>(left, right, top, bottom): the order of libtorch's pad.</summary>
    public long[] ExplicitPadding { get; private set; } = [];

    /// <summary>Works the window out for an input (and computed filters) of those shapes.</summary>
    public void Fit(torch.Tensor x_NCHW, torch.Tensor? filters = null)
    {
        var (height, width) = x_NCHW.dim() == 4 ? (x_NCHW.size(2), x_NCHW.size(3)) : throw NotAnImage(x_NCHW);
        if (height == _height && width == _width)
        {
            return;
        }
        var isPooling = filters is null;
        var window = Window.Of(
            site.Operation,
            Shape.Of(x_NCHW.shape),
            isPooling ? null : _filters ?? Shape.Of(filters!.shape)
        );
        var (y, x) = (window.Vertical, window.Horizontal);
        (Kernel, Strides, Dilations) = ([y.Kernel, x.Kernel], [y.Stride, x.Stride], [y.Dilation, x.Dilation]);
        NeedsExplicitPadding =
            y.PadBegin != y.PadEnd
            || x.PadBegin != x.PadEnd
            || (isPooling && (y.PadBegin * 2 > y.Kernel || x.PadBegin * 2 > x.Kernel));
        Padding = NeedsExplicitPadding ? [0, 0] : [y.PadBegin, x.PadBegin];
        ExplicitPadding = [x.PadBegin, x.PadEnd, y.PadBegin, y.PadEnd];
        (_height, _width) = (height, width);
    }

    private GraphException NotAnImage(torch.Tensor x) =>
        site.Error($"its input has shape ({string.Join(", ", x.shape)}), and must be (N, C, H, W)");
}
