using System.Collections.Immutable;
using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>
/// Arrays of tensors, as loops of the first TensorFlow collect them. The handle says what an array is, and the flow, which every
/// change passes on, stands for what it holds.
/// </summary>
internal static class TensorFlowArrays
{
    private const string Known = "known length and places";
    private static readonly TensorFlowShape Unsaid = new((ImmutableArray<long>?)null);

    /// <summary>Its operators.</summary>
    public static IEnumerable<TensorFlowOperator> Operators =>
        [
            new("TensorArrayV3", Make, "", "known length"),
            .. TensorFlowOperator.Of("TensorArrayScatterV3", Scatter, Known),
            .. TensorFlowOperator.Of(
                "TensorArrayReadV3",
                call =>
                    TensorFlowLists.Get(
                        call,
                        TensorFlowLists.List(call, 2),
                        TensorFlowLists.Place(call, 1, "place"),
                        Unsaid
                    ),
                Known
            ),
            .. TensorFlowOperator.Of(
                "TensorArrayWriteV3",
                call => Set(call, TensorFlowLists.List(call, 3), TensorFlowLists.Place(call, 1, "place"), call[2]),
                Known
            ),
            .. TensorFlowOperator.Of(
                "TensorArrayGatherV3",
                call =>
                    TensorFlowLists.Stack(call, TensorFlowLists.List(call, 2), TensorFlowLists.Places(call, 1), Unsaid),
                Known
            ),
            .. TensorFlowOperator.Of(
                "TensorArraySizeV3",
                call => TensorFlowLists.Number(call, TensorFlowLists.List(call, 1).Count)
            ),
        ];

    private static ImmutableArray<TensorFlowValue> Make(TensorFlowCall call)
    {
        var shape = call.ShapeSetting("element_shape") ?? Unsaid;
        var array = TensorFlowLists.Empty(call, shape, TensorFlowLists.Place(call, 0, "length"));
        return [array, array];
    }

    private static TensorFlowValue Scatter(TensorFlowCall call)
    {
        var places = TensorFlowLists.Places(call, 1);
        var elements = TensorFlowLists.Elements(call, 2);
        if (places.Length != elements.Length)
        {
            throw new GraphException($"it puts {elements.Length} elements to {places.Length} places.");
        }
        var array = TensorFlowLists.List(call, 3);
        for (var i = 0; i < places.Length; i++)
        {
            array = Set(call, array, places[i], elements[i]);
        }
        return array;
    }

    private static TensorFlowValue.List Set(
        TensorFlowCall call,
        TensorFlowValue.List array,
        int place,
        TensorFlowValue value
    ) => TensorFlowLists.Set(call, array, place, value, grows: array.MayGrow);
}
