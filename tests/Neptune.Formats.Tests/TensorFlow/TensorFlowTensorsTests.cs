using Neptune.ModelGraph;

namespace Neptune.Formats.Tests;

/// <summary>The forms in which a TensorProto may hold its elements.</summary>
public sealed class TensorFlowTensorsTests
{
    [Theory]
    [InlineData(3, 7, new long[] { 5, -2, 9, 1 }, new double[] { 5, -2, 9, 1 })]
    [InlineData(3, 7, new long[] { 5, -2 }, new double[] { 5, -2, -2, -2 })]
    [InlineData(3, 7, new long[0], new double[] { 0, 0, 0, 0 })]
    [InlineData(4, 7, new long[] { 200 }, new double[] { 200, 200, 200, 200 })]
    [InlineData(6, 7, new long[] { -3, 4 }, new double[] { -3, 4, 4, 4 })]
    [InlineData(9, 10, new long[] { 1L << 40, 2 }, new double[] { 1L << 40, 2, 2, 2 })]
    [InlineData(10, 11, new long[] { 1, 0 }, new double[] { 1, 0, 0, 0 })]
    [InlineData(19, 13, new long[] { 0x3C00, 0xC000 }, new double[] { 1, -2, -2, -2 })]
    [InlineData(14, 13, new long[] { 0x3F80, 0xC000 }, new double[] { 1, -2, -2, -2 })]
    public void Given_listed_elements_when_read_then_the_last_fills_what_is_left(
        int type,
        int field,
        long[] listed,
        double[] expected
    )
    {
        var tensor = new ProtobufWriter()
            .Int64(1, type)
            .Message(2, TensorFlowGraphWriter.Lengths(2, 2))
            .PackedInt64s(field, listed);
        var value = Read(tensor);
        Assert.Equal(Shape.Of(2, 2), value.Shape);
        Assert.Equal(expected, TensorDifference.Numbers(value));
    }

    [Fact]
    public void Given_real_numbers_when_read_then_they_are_those_of_any_form()
    {
        var shape = TensorFlowGraphWriter.Lengths(2);
        Assert.Equal([1.5, -2], TensorDifference.Numbers(Read(TensorFlowGraphWriter.Tensor(1, [2], 1.5f, -2f))));
        Assert.Equal([1.5, -2], TensorDifference.Numbers(Read(TensorFlowGraphWriter.Tensor(2, [2], 1.5, -2.0))));
        Assert.Equal(
            [1.5, -2],
            TensorDifference.Numbers(
                Read(new ProtobufWriter().Int64(1, 1).Message(2, shape).Float(5, 1.5f).Float(5, -2))
            )
        );
        Assert.Equal(
            [1.5, -2],
            TensorDifference.Numbers(
                Read(new ProtobufWriter().Int64(1, 2).Message(2, shape).Double(6, 1.5).Double(6, -2))
            )
        );
    }

    [Theory]
    [InlineData(3, "has more than its 2 elements")]
    [InlineData(1, "should have 8 bytes of Float32 elements, and has 4")]
    public void Given_elements_that_do_not_fit_when_read_then_the_error_says_so(int count, string expected)
    {
        var tensor = new ProtobufWriter().Int64(1, 1).Message(2, TensorFlowGraphWriter.Lengths(2));
        _ = count == 1 ? tensor.Bytes(4, new byte[4]) : tensor.Float(5, 1).Float(5, 2).Float(5, 3);
        var error = Assert.Throws<ModelFileException>(() => Read(tensor));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    private static TensorValue Read(ProtobufWriter tensor) =>
        TensorFlowTensors.ToValue(TensorFlowGraphReader.Tensor(ProtobufMessage.Whole(tensor.ToArray(), "t.pb")), "t");
}
