using System.Runtime.InteropServices;
using Neptune.ModelGraph;

namespace Neptune.Formats.Tests;

/// <summary>The elements of tensors, in every place where they may be.</summary>
public sealed class OnnxTensorsTests
{
    [Fact]
    public void Given_elements_in_typed_lists_when_taken_then_they_have_their_own_type()
    {
        Holds<sbyte>(3, ElementType.Int8, [-128, 0, 127], OnnxBytes.Tensor("t", 3, 3).PackedInt64s(5, [-128, 0, 127]));
        Holds<byte>(2, ElementType.UInt8, [0, 255], OnnxBytes.Tensor("t", 2, 2).Int64s(5, [0, 255]));
        Holds<short>(5, ElementType.Int16, [-2, 1], OnnxBytes.Tensor("t", 5, 2).PackedInt64s(5, [-2, 1]));
        Holds<ushort>(4, ElementType.UInt16, [65535], OnnxBytes.Tensor("t", 4, 1).PackedInt64s(5, [65535]));
        Holds<int>(6, ElementType.Int32, [-1, 7], OnnxBytes.Tensor("t", 6, 2).PackedInt64s(5, [uint.MaxValue, 7]));
        Holds<long>(
            7,
            ElementType.Int64,
            [long.MinValue],
            OnnxBytes.Tensor("t", 7, 1).PackedInt64s(7, [long.MinValue])
        );
        Holds<uint>(
            12,
            ElementType.UInt32,
            [uint.MaxValue],
            OnnxBytes.Tensor("t", 12, 1).PackedInt64s(11, [uint.MaxValue])
        );
        Holds<ulong>(13, ElementType.UInt64, [ulong.MaxValue], OnnxBytes.Tensor("t", 13, 1).PackedInt64s(11, [-1]));
        Holds<byte>(9, ElementType.Boolean, [1, 0], OnnxBytes.Tensor("t", 9, 2).PackedInt64s(5, [1, 0]));
        Holds<Half>(
            10,
            ElementType.Float16,
            [(Half)1, (Half)(-2)],
            OnnxBytes.Tensor("t", 10, 2).PackedInt64s(5, [15360, 49152])
        );
        Holds<ushort>(16, ElementType.BFloat16, [0x3F80], OnnxBytes.Tensor("t", 16, 1).PackedInt64s(5, [0x3F80]));
        Holds<float>(1, ElementType.Float32, [1, 2], OnnxBytes.Tensor("t", 1, 2).Float(4, 1).Float(4, 2));
        Holds<double>(11, ElementType.Float64, [-0.5], OnnxBytes.Tensor("t", 11, 1).Double(10, -0.5));
    }

    [Fact]
    public void Given_a_scalar_or_no_elements_when_taken_then_the_shape_says_so()
    {
        Assert.Equal(Shape.Scalar, Take(OnnxBytes.Tensor("t", 1).Bytes(9, new byte[4])).Shape);
        Assert.Equal(Shape.Of(0, 7), Take(OnnxBytes.Tensor("t", 7, 0, 7)).Shape);
        Assert.Equal(Shape.Of(0, long.MaxValue), Take(OnnxBytes.Tensor("t", 1, 0, long.MaxValue)).Shape);
    }

    [Fact]
    public void Given_elements_that_do_not_fit_when_taken_then_the_error_names_the_tensor_and_the_reason()
    {
        Refused(
            OnnxBytes.Tensor("t", 1, 2, 3).Bytes(9, new byte[20]),
            "should have 24 bytes of Float32 elements, and has 20"
        );
        Refused(OnnxBytes.Tensor("t", 1, 2), "should have 8 bytes of Float32 elements, and has 0");
        Refused(
            OnnxBytes.Tensor("t", 1, 1).Float(4, 1).Float(4, 2),
            "should have 4 bytes of Float32 elements, and has 8"
        );
        Refused(OnnxBytes.Tensor("t", 7, 3).PackedInt64s(7, [1, 2]), "should have 3 elements, and holds fewer");
        Refused(OnnxBytes.Tensor("t", 7, 1).PackedInt64s(7, [1, 2]), "has more than its 1 elements");
        Refused(OnnxBytes.Tensor("t", 7, 100_000_000).PackedInt64s(7, [1]), "should have 100000000 elements");
        Refused(OnnxBytes.Tensor("t", 3, 1).PackedInt64s(5, [128]), "holds 128, which is no Int8");
        Refused(OnnxBytes.Tensor("t", 10, 1).PackedInt64s(5, [-1]), "holds -1, which is no Float16");
        Refused(OnnxBytes.Tensor("t", 12, 1).PackedInt64s(11, [-1]), "which is no UInt32");
        Refused(OnnxBytes.Tensor("t", 9, 2).Bytes(9, new byte[] { 1, 2 }), "truth values other than 0 and 1");
        Refused(OnnxBytes.Tensor("t", 1, -1), "a dimension of length -1");
        Refused(OnnxBytes.Tensor("t", 1, 1L << 32, 1L << 32), "has more than the");
        Refused(OnnxBytes.Tensor("t", 1, long.MaxValue), "has more than the");
        Refused(OnnxBytes.Tensor("t", 8, 1).Text(6, "a"), "type STRING, which Neptune does not have");
        Refused(OnnxBytes.Tensor("t", 22, 1), "type INT4");
        Refused(OnnxBytes.Tensor("t", 17, 1), "type FLOAT8E4M3FN");
        Refused(OnnxBytes.Tensor("t", 99, 1), "type number 99");
        Refused(OnnxBytes.Tensor("t", 1, 1).Message(3, new ProtobufWriter().Int64(1, 0)), "sequence");
    }

    private static void Holds<T>(int number, ElementType type, T[] elements, ProtobufWriter tensor)
        where T : unmanaged
    {
        var bytes = MemoryMarshal.AsBytes<T>(elements).ToArray();
        var raw = OnnxBytes.Tensor("t", number, elements.Length).Bytes(9, bytes);
        foreach (var form in (ProtobufWriter[])[tensor, raw])
        {
            var value = Take(form);
            Assert.Equal((type, Shape.Of(elements.Length)), (value.Type, value.Shape));
            Assert.Equal(bytes, value.Bytes.ToArray());
        }
        Assert.Equal(number, OnnxElementTypes.Number(type));
    }

    private static TensorValue Take(ProtobufWriter tensor) =>
        OnnxTensors.ToValue(OnnxReader.ReadTensor(tensor.ToArray(), "t.pb"), null);

    private static void Refused(ProtobufWriter tensor, string reason)
    {
        var error = Assert.Throws<ModelFileException>(() => Take(tensor));
        Assert.StartsWith("t.pb: byte ", error.Message, StringComparison.Ordinal);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }
}
