namespace Neptune.Torch;

// H height, W width

/// <summary>What convolution and pooling over two dimensions share: strides, dilations and padding of each side.</summary>
internal sealed class SpatialWindow
{
    private readonly OperationSite _site;
    private readonly string _autoPad;
    private readonly long[] _pads; // top, left, bottom, right: ONNX's order

    public SpatialWindow(OperationSite site, long[] kernel)
    {
        _site = site;
        Kernel = kernel;
        Strides = Two("strides", 1);
        Dilations = Two("dilations", 1);
        _autoPad = site.Operation.Text("auto_pad", "NOTSET");
        _pads = [.. site.Operation.Ints("pads", 0, 0, 0, 0)];
        if (kernel.Length != 2 || kernel.Any(k => k < 1))
        {
            throw site.Error($"its window is ({string.Join(", ", kernel)}); windows of two dimensions are supported");
        }
        if (_autoPad is not ("NOTSET" or "VALID" or "SAME_UPPER" or "SAME_LOWER"))
        {
            throw site.Error($"auto_pad is {_autoPad}; valid are NOTSET, VALID, SAME_UPPER, SAME_LOWER");
        }
        if (_pads.Length != 4 || _pads.Any(p => p < 0))
        {
            throw site.Error($"pads is ({string.Join(", ", _pads)}); it must be top, left, bottom, right, none negative");
        }
        if (_autoPad == "VALID")
        {
            _pads = [0, 0, 0, 0];
        }
    }

    public long[] Kernel { get; }

    public long[] Strides { get; }

    public long[] Dilations { get; }

    /// <summary>Padding as (top, left, bottom, right) for an input of that height and width.</summary>
    public (long Top, long Left, long Bottom, long Right) PadsFor(TorchSharp.torch.Tensor input_NCHW)
    {
        if (!_autoPad.StartsWith("SAME", StringComparison.Ordinal))
        {
            return (_pads[0], _pads[1], _pads[2], _pads[3]);
        }
        var (top, bottom) = Same(input_NCHW.size(2), 0);
        var (left, right) = Same(input_NCHW.size(3), 1);
        return (top, left, bottom, right);
    }

    private (long Before, long After) Same(long length, int axis)
    {
        var outputs = (length + Strides[axis] - 1) / Strides[axis];
        var total = Math.Max(0, ((outputs - 1) * Strides[axis]) + ((Kernel[axis] - 1) * Dilations[axis]) + 1 - length);
        var half = total / 2;
        return _autoPad == "SAME_UPPER" ? (half, total - half) : (total - half, half);
    }

    private long[] Two(string attribute, long otherwise)
    {
        long[] values = [.. _site.Operation.Ints(attribute, otherwise, otherwise)];
        return values.Length == 2 && values.All(v => v > 0)
            ? values
            : throw _site.Error($"{attribute} is ({string.Join(", ", values)}); it must be two positive numbers");
    }
}
