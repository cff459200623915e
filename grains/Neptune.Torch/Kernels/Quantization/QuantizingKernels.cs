using Neptune.ModelGraph;
using static TorchSharp.torch;

namespace Neptune.Torch;

/// <summary>Real numbers as whole ones, and products of such.</summary>
internal sealed class QuantizingKernels : IKernelFamily
{
    public IEnumerable<IOperationKernel> Members =>
        [
            new FunctionKernel("QuantizeLinear", 2, 3, Quantize),
            new FunctionKernel("DequantizeLinear", 2, 3, Dequantize),
            new FunctionKernel("MatMulInteger", 2, 4, site => inputs => MatMulInteger(site, inputs)),
        ];

    private static Func<Tensor?[], Tensor> Quantize(OperationSite site)
    {
        var type = site.OutputType();
        return inputs =>
        {
            var x = inputs[0]!.to_type(ScalarType.Float32);
            var scale = Spread(site, inputs[1]!.to_type(ScalarType.Float32), x);
            var zero = inputs.Length > 2 && inputs[2] is { } given ? Spread(site, given, x) : null;
            return Rounded(x / scale, zero?.to_type(ScalarType.Float32), type);
        };
    }

    /// <summary>Rounded to even, moved by the zero point, and held within the type's bounds.</summary>
    internal static Tensor Rounded(Tensor scaled, Tensor? zero, ElementType type)
    {
        var (least, most) = type switch
        {
            ElementType.Int8 => (sbyte.MinValue, sbyte.MaxValue),
            ElementType.UInt8 => (byte.MinValue, byte.MaxValue),
            _ => (short.MinValue, short.MaxValue),
        };
        var rounded = scaled.round();
        return (zero is null ? rounded : rounded.add(zero, Scalars.One))
            .clamp(Scalars.Of(least), Scalars.Of(most))
            .to_type(TorchTypes.Of(type));
    }

    private static Func<Tensor?[], Tensor> Dequantize(OperationSite site)
    {
        var type = TorchTypes.Of(site.OutputType());
        return inputs =>
        {
            var x = inputs[0]!.to_type(ScalarType.Int32);
            var scale = Spread(site, inputs[1]!, x);
            var zero = inputs.Length > 2 && inputs[2] is { } given ? Spread(site, given, x) : null;
            var shifted = zero is null ? x : x - zero.to_type(ScalarType.Int32);
            return (shifted.to_type(scale.dtype) * scale).to_type(type);
        };
    }

    /// <summary>One for all, one for each place along <c>axis</c>, or one for each block along it.</summary>
    private static Tensor Spread(OperationSite site, Tensor scale, Tensor x)
    {
        if (scale.NumberOfElements == 1)
        {
            return scale.reshape([]);
        }
        var rank = (int)x.dim();
        var axis = site.Operation.Int("axis", 1);
        var d = (int)(axis < 0 ? axis + rank : axis);
        var block = site.Operation.Int("block_size", 0);
        return block == 0 ? Places.Along(scale, d, rank) : scale.repeat_interleave(block, d).narrow(d, 0, x.size(d));
    }

    // Sums of products of bytes are whole numbers far below 2^53.
    private static Tensor MatMulInteger(OperationSite site, Tensor?[] inputs)
    {
        var a = inputs[0]!.to_type(ScalarType.Float64);
        var b = inputs[1]!.to_type(ScalarType.Float64);
        if (inputs.Length > 2 && inputs[2] is { } rows)
        {
            // One for each row.
            a -= rows.dim() == 1 && rows.NumberOfElements > 1 ? rows.unsqueeze(-1) : rows;
        }
        if (inputs.Length > 3 && inputs[3] is { } columns)
        {
            b -= columns;
        }
        return MatrixProduct.Of(site, a, b).to_type(ScalarType.Int32);
    }
}
