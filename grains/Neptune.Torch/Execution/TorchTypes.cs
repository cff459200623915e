using Neptune.ModelGraph;
using TorchSharp;

namespace Neptune.Torch;

/// <summary>Element types in TorchSharp's terms.</summary>
internal static class TorchTypes
{
    /// <summary>The scalar type of an element type.</summary>
    /// <exception cref="GraphException">libtorch does not compute with it.</exception>
    public static torch.ScalarType Of(ElementType type) =>
        type switch
        {
            ElementType.Float32 => torch.ScalarType.Float32,
            ElementType.Float16 => torch.ScalarType.Float16,
            ElementType.BFloat16 => torch.ScalarType.BFloat16,
            ElementType.Float64 => torch.ScalarType.Float64,
            ElementType.Int8 => torch.ScalarType.Int8,
            ElementType.Int16 => torch.ScalarType.Int16,
            ElementType.Int32 => torch.ScalarType.Int32,
            ElementType.Int64 => torch.ScalarType.Int64,
            ElementType.UInt8 => torch.ScalarType.Byte,
            ElementType.Boolean => torch.ScalarType.Bool,
            _ => throw new GraphException(
                $"Element type {type} is not computed with. Cast it to a signed type, such as Int64, first."
            ),
        };

    /// <summary>The element type of a scalar type.</summary>
    public static ElementType Of(torch.ScalarType type) =>
        type switch
        {
            torch.ScalarType.Float32 => ElementType.Float32,
            torch.ScalarType.Float16 => ElementType.Float16,
            torch.ScalarType.BFloat16 => ElementType.BFloat16,
            torch.ScalarType.Float64 => ElementType.Float64,
            torch.ScalarType.Int8 => ElementType.Int8,
            torch.ScalarType.Int16 => ElementType.Int16,
            torch.ScalarType.Int32 => ElementType.Int32,
            torch.ScalarType.Int64 => ElementType.Int64,
            torch.ScalarType.Byte => ElementType.UInt8,
            torch.ScalarType.Bool => ElementType.Boolean,
            _ => throw new GraphException($"A value is of type {type}, which no graph of Neptune has."),
        };

    /// <summary>A tensor with a value's elements, on a device.</summary>
    public static torch.Tensor ToTensor(TensorValue value, torch.Device device)
    {
        var tensor = torch.empty(value.Shape.ToArray(), Of(value.Type));
        if (!value.Bytes.IsEmpty)
        {
            value.Bytes.Span.CopyTo(tensor.bytes);
        }
        if (device.type == DeviceType.CPU)
        {
            return tensor;
        }
        using (tensor)
        {
            return tensor.to(device);
        }
    }

    /// <summary>A tensor's elements as a value.</summary>
    public static TensorValue ToValue(torch.Tensor tensor)
    {
        using var scope = torch.NewDisposeScope();
        var plain = tensor.detach().cpu().contiguous();
        return new(
            Of(plain.dtype),
            Shape.Of(plain.shape),
            plain.NumberOfElements == 0 ? Array.Empty<byte>() : plain.bytes.ToArray()
        );
    }

    /// <summary>The whole numbers of an input.</summary>
    public static long[] Numbers(torch.Tensor tensor)
    {
        using var scope = torch.NewDisposeScope();
        return tensor.NumberOfElements == 0
            ? []
            : [.. tensor.detach().cpu().to_type(torch.ScalarType.Int64).contiguous().data<long>()];
    }
}
