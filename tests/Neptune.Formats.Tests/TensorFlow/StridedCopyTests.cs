using Neptune.ModelGraph;

namespace Neptune.Formats.Tests;

public sealed class StridedCopyTests
{
    [Theory]
    [InlineData(new[] { 3, 2, 0, 1 }, new long[] { 3, 2, 5, 37 })]
    [InlineData(new[] { 2, 3, 0, 1 }, new long[] { 3, 2, 5, 4 })]
    [InlineData(new[] { 0, 3, 1, 2 }, new long[] { 2, 3, 4, 17 })]
    [InlineData(new[] { 1, 0 }, new long[] { 33, 20 })]
    [InlineData(new[] { 0, 2, 1 }, new long[] { 2, 3, 4 })]
    [InlineData(new[] { 1, 0, 2 }, new long[] { 2, 3, 4 })]
    [InlineData(new[] { 2, 1, 0 }, new long[] { 4, 1, 1 })]
    public void Given_an_order_of_axes_when_transposed_then_each_element_is_where_it_should_be(
        int[] order,
        long[] lengths
    )
    {
        var value = TensorValue.Of(Shape.Of(lengths), TensorFlowMaths.Numbers(lengths.Aggregate(1L, (a, b) => a * b)));
        var turned = TensorLayout.Permuted(value, order);
        var newLengths = order.Select(axis => lengths[axis]).ToArray();
        Assert.Equal(Shape.Of(newLengths), turned.Shape);
        for (var i = 0; i < turned.Floats.Length; i++)
        {
            var (place, rest) = (new long[lengths.Length], (long)i);
            for (var axis = order.Length - 1; axis >= 0; axis--)
            {
                place[order[axis]] = rest % newLengths[axis];
                rest /= newLengths[axis];
            }
            var from = 0L;
            for (var axis = 0; axis < lengths.Length; axis++)
            {
                from = (from * lengths[axis]) + place[axis];
            }
            Assert.Equal(value.Floats[(int)from], turned.Floats[i]);
        }
    }

    [Fact]
    public void Given_strides_when_copied_then_elements_are_reversed_or_repeated()
    {
        var value = TensorValue.Of(Shape.Of(2, 3), [1, 2, 3, 4, 5, 6]);
        Assert.Equal([6, 5, 4, 3, 2, 1], StridedCopy.Of(value, [2, 3], [-3, -1], 5).Floats.ToArray());
        Assert.Equal([2, 2, 5, 5], StridedCopy.Of(value, [2, 2], [3, 0], 1).Floats.ToArray());
        Assert.Empty(StridedCopy.Of(value, [0, 3], [3, 1], 0).Floats.ToArray());
    }
}
