using System.Collections.Immutable;
using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>
/// Lists of tensors, as loops of the second TensorFlow collect them (https://www.tensorflow.org/api_docs/python/tf/raw_ops).
/// While the graph is translated they are lists of its values, so their lengths and places must be known.
/// </summary>
internal static class TensorFlowLists
{
    private const int Variant = 21; // an element that is a list itself
    private const string Known = "known length and places";

    /// <summary>Its operators.</summary>
    public static IEnumerable<TensorFlowOperator> Operators =>
        [
            .. TensorFlowOperator.Of("TensorListReserve", Reserve, Known),
            .. TensorFlowOperator.Of("EmptyTensorList", call => Empty(call, ShapeOf(call, 0), 0)),
            .. TensorFlowOperator.Of("TensorListFromTensor", FromTensor, Known),
            .. TensorFlowOperator.Of("TensorListSetItem", SetItem, Known),
            .. TensorFlowOperator.Of(
                "TensorListGetItem",
                call => Get(call, List(call, 0), Place(call, 1, "place"), ShapeOf(call, 2)),
                $"{Known}; one that was never set is zeros, where its shape is known"
            ),
            .. TensorFlowOperator.Of(
                "TensorListStack",
                call => Stack(call, List(call, 0), null, ShapeOf(call, 1)),
                "elements that were never set are zeros, where their shape is known"
            ),
            .. TensorFlowOperator.Of(
                "TensorListGather",
                call => Stack(call, List(call, 0), Places(call, 1), ShapeOf(call, 2)),
                Known
            ),
            .. TensorFlowOperator.Of("TensorListLength", call => Number(call, List(call, 0).Count)),
            .. TensorFlowOperator.Of("TensorListElementShape", ElementShape, "shape_type"),
            .. TensorFlowOperator.Of("TensorListPushBack", PushBack),
            new("TensorListPopBack", PopBack, "", "a list that is not empty"),
        ];

    /// <summary>An input that is a list.</summary>
    /// <exception cref="GraphException">It is none.</exception>
    public static TensorFlowValue.List List(TensorFlowCall call, int input) =>
        call[input] as TensorFlowValue.List
        ?? throw new GraphException($"its input {input} is no list of tensors. The file is damaged.");

    /// <summary>A list of nothing.</summary>
    /// <param name="call">The step; its settings say the elements' type.</param>
    /// <param name="shape">An element's shape, as far as it is said.</param>
    /// <param name="count">How many places it has.</param>
    public static TensorFlowValue.List Empty(TensorFlowCall call, TensorFlowShape shape, int count) =>
        new(
            ImmutableDictionary<int, TensorFlowValue>.Empty,
            count,
            shape,
            call.DataType(call.Op == "TensorArrayV3" ? "dtype" : "element_dtype", TensorFlowDataType.Float),
            call.Flag("dynamic_size")
        );

    /// <summary>A length or place that an input says: a whole number from 0.</summary>
    /// <exception cref="TensorFlowRefusedException">It is known only when the graph runs.</exception>
    public static int Place(TensorFlowCall call, int input, string what) =>
        call[input] is TensorFlowValue.Lengths { Elements: [{ Symbol: not null } length] }
            ? throw TensorFlowCall.Refuse($"its {what} is {TensorFlowLengths.Describe(length)}")
        : call.Numbers(input) is not { } numbers
            ? throw TensorFlowCall.Refuse(
                $"its {what} (input {input}) depends on data, and is known only when the graph runs"
            )
        : numbers is [>= 0 and <= int.MaxValue and var number] ? (int)number
        : throw new GraphException($"its {what} is {string.Join(", ", numbers)}, and must be one number from 0.");

    /// <summary>Places that an input says.</summary>
    public static int[] Places(TensorFlowCall call, int input) =>
        [
            .. call.KnownNumbers(input, "places")
                .Select(place =>
                    place is >= 0 and < int.MaxValue
                        ? (int)place
                        : throw new GraphException($"place {place} is outside of any list.")
                ),
        ];

    /// <summary>The elements of a tensor along its first axis.</summary>
    /// <exception cref="TensorFlowRefusedException">How many there are is known only when the graph runs.</exception>
    public static ImmutableArray<TensorFlowValue> Elements(TensorFlowCall call, int input)
    {
        var shape = call.ShapeOf(input);
        if (shape.Rank == 0)
        {
            throw new GraphException("it makes elements of a tensor without dimensions.");
        }
        if (!shape[0].IsFixed)
        {
            throw TensorFlowCall.Refuse(
                $"how many elements it has is {TensorFlowLengths.Describe(call.Emitter.Length(call[input], 0))}"
            );
        }
        call.Emitter.Budget.Take(shape[0].Length);
        return shape[0].Length == 0 ? [] : TensorFlowJoining.Unpack(call.WithInputs([call[input]]), 0, shape[0].Length);
    }

    /// <summary>A list with an element at a place.</summary>
    /// <exception cref="GraphException">The list has no such place, or the element is of another type or shape.</exception>
    public static TensorFlowValue.List Set(
        TensorFlowCall call,
        TensorFlowValue.List list,
        int place,
        TensorFlowValue value,
        bool grows = false
    )
    {
        if (place >= list.Count && !grows)
        {
            throw new GraphException($"it sets element {place} of a list of {list.Count}.");
        }
        if (value is not TensorFlowValue.List)
        {
            Require(call, list, place, value);
        }
        else if (list.DataType != Variant)
        {
            throw new GraphException(
                $"element {place} is a list, in a list of {TensorFlowDataType.Name(list.DataType)}."
            );
        }
        return list.With(list.Elements.SetItem(place, value), Math.Max(list.Count, checked(place + 1)));
    }

    /// <summary>The element at a place; zeros where it was never set.</summary>
    /// <exception cref="GraphException">There is no such place, or it was never set and its shape is not known.</exception>
    public static TensorFlowValue Get(
        TensorFlowCall call,
        TensorFlowValue.List list,
        int place,
        TensorFlowShape shape
    ) =>
        place >= list.Count ? throw new GraphException($"it reads element {place} of a list of {list.Count}.")
        : list.Elements.TryGetValue(place, out var value) ? value
        : Zeros(call, list, shape)
            ?? throw new GraphException(
                $"it reads element {place}, which was never set, and whose shape is not known."
            );

    /// <summary>Elements as one tensor, along a new first axis.</summary>
    /// <param name="call">The step.</param>
    /// <param name="list">The list.</param>
    /// <param name="chosen">The places of the elements; null for all in order.</param>
    /// <param name="shape">An element's shape, as far as the step says it.</param>
    /// <exception cref="GraphException">An element was never set, and its shape is not known.</exception>
    public static TensorFlowValue Stack(
        TensorFlowCall call,
        TensorFlowValue.List list,
        int[]? chosen,
        TensorFlowShape shape
    )
    {
        call.Emitter.Budget.Take(chosen?.Length ?? list.Count);
        var places = chosen ?? [.. Enumerable.Range(0, list.Count)];
        if (places.Length == 0)
        {
            return Lengths(list, shape) is { } lengths
                ? Filled(call, list, [0, .. lengths])
                : throw TensorFlowCall.Refuse("it stacks no elements, whose shape is not known");
        }
        var parts = ImmutableArray.CreateBuilder<TensorFlowValue>(places.Length);
        TensorFlowValue? zeros = null;
        foreach (var place in places)
        {
            parts.Add(
                list.Elements.TryGetValue(place, out var set) ? set
                : place < list.Count && list.Elements.Count > 0 ? zeros ??= Like(call, list)
                : zeros ??= Get(call, list, place, shape)
            );
        }
        var pack = call.As("Pack", parts.MoveToImmutable());
        return TensorFlowFolding.TryFold(pack) ?? TensorFlowJoining.Pack(pack);
    }

    /// <summary>One whole number.</summary>
    public static TensorFlowValue.Constant Number(TensorFlowCall call, int number) =>
        new(TensorFlowNumbers.MakeWhole(ElementType.Int32, Shape.Scalar, _ => number), call.Name);

    private static TensorFlowValue Reserve(TensorFlowCall call) =>
        Empty(call, ShapeOf(call, 0), Place(call, 1, "length"));

    private static TensorFlowValue FromTensor(TensorFlowCall call)
    {
        var elements = Elements(call, 0);
        return Empty(call, ShapeOf(call, 1), 0)
            .With(elements.Select((e, i) => KeyValuePair.Create(i, e)).ToImmutableDictionary(), elements.Length);
    }

    private static TensorFlowValue SetItem(TensorFlowCall call) =>
        Set(call, List(call, 0), Place(call, 1, "place"), call[2], call.Flag("resize_if_index_out_of_bounds"));

    private static TensorFlowValue PushBack(TensorFlowCall call) =>
        Set(call, List(call, 0), List(call, 0).Count, call[1], grows: true);

    private static ImmutableArray<TensorFlowValue> PopBack(TensorFlowCall call)
    {
        var list = List(call, 0);
        if (list.Count == 0)
        {
            throw new GraphException("it takes the last element of an empty list.");
        }
        var place = list.Count - 1;
        var last = Get(call, list, place, ShapeOf(call, 1));
        return [list.With(list.Elements.Remove(place), place), last];
    }

    private static TensorFlowValue ElementShape(TensorFlowCall call)
    {
        var type = call.Type("shape_type", TensorFlowDataType.Int32);
        var lengths = List(call, 0).Shape.Lengths;
        return new TensorFlowValue.Constant(
            lengths is { } known
                ? TensorFlowNumbers.MakeWhole(type, Shape.Of(known.Length), i => known[i])
                : TensorFlowNumbers.MakeWhole(type, Shape.Scalar, _ => -1),
            call.Name
        );
    }

    // A shape as an input: lengths, or -1 alone for one that is not known.
    private static TensorFlowShape ShapeOf(TensorFlowCall call, int input)
    {
        var isScalar = call.Emitter.ShapeOf(call[input]) is { IsKnown: true, Rank: 0 };
        return call[input] switch
        {
            TensorFlowValue.Lengths { IsScalar: false } lengths => new([
                .. lengths.Elements.Select(e => e.Symbol is null ? e.Number : -1),
            ]),
            _ when call.Numbers(input) is { } numbers && !isScalar => numbers.All(n => n >= -1)
                ? new(numbers)
                : throw new GraphException($"its element's shape is ({string.Join(", ", numbers)})."),
            _ => new((ImmutableArray<long>?)null),
        };
    }

    private static void Require(TensorFlowCall call, TensorFlowValue.List list, int place, TensorFlowValue value)
    {
        var type = call.Emitter.TypeOf(value);
        if (TensorFlowDataType.Of(list.DataType) is { } wanted && wanted != type)
        {
            throw new GraphException($"element {place} is of {type}, in a list of {wanted}.");
        }
        if (list.Shape.Lengths is { } lengths && call.Emitter.ShapeOf(value) is { IsKnown: true } shape)
        {
            var fits =
                lengths.Length == shape.Rank
                && lengths
                    .Select((length, i) => length < 0 || !shape[i].IsFixed || shape[i].Length == length)
                    .All(f => f);
            if (!fits)
            {
                throw new GraphException(
                    $"element {place} is {shape}, in a list of elements of ({string.Join(", ", lengths)})."
                );
            }
        }
    }

    private static TensorFlowValue Like(TensorFlowCall call, TensorFlowValue.List list) =>
        TensorFlowOperators
            .Find("ZerosLike")!
            .Translate!(call.As("ZerosLike", [list.Elements.MinBy(element => element.Key).Value]))[0];

    private static TensorFlowValue? Zeros(TensorFlowCall call, TensorFlowValue.List list, TensorFlowShape shape) =>
        Lengths(list, shape) is { } lengths ? Filled(call, list, lengths) : null;

    // What either says.
    private static ImmutableArray<long>? Lengths(TensorFlowValue.List list, TensorFlowShape shape)
    {
        if ((list.Shape.Lengths ?? shape.Lengths) is not { } one)
        {
            return null;
        }
        var other = shape.Lengths is { } said && said.Length == one.Length ? said : one;
        ImmutableArray<long> both = [.. one.Select((length, i) => length >= 0 ? length : other[i])];
        return both.All(length => length >= 0) ? both : null;
    }

    private static TensorFlowValue Filled(TensorFlowCall call, TensorFlowValue.List list, ImmutableArray<long> lengths)
    {
        var type =
            TensorFlowDataType.Computed(list.DataType)
            ?? throw TensorFlowCall.Refuse(
                $"elements of {TensorFlowDataType.Name(list.DataType)} are not computed with"
            );
        var zero = type.IsFloating()
            ? TensorFlowNumbers.Make(type, Shape.Scalar, _ => 0)
            : TensorFlowNumbers.MakeWhole(type, Shape.Scalar, _ => 0);
        return new TensorFlowValue.Computed(
            call.Emit(
                "Expand",
                [call.Emitter.Constant($"{call.Name}.zero", zero), call.Emitter.Numbers("shape", lengths.AsSpan())]
            )
        );
    }
}
