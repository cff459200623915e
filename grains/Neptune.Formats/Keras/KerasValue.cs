using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>
/// A tensor as Keras sees it, kept in Keras's own order, or with the channels moved from the last place to the second, where the
/// graph's operators want them; the other form is made when it is asked for.
/// </summary>
/// <param name="plain">The value in Keras's order; null where only the other is there.</param>
/// <param name="moved">The value with channels second; null where only the other is there.</param>
/// <param name="shape">The shape in Keras's order.</param>
/// <param name="type">What its elements are.</param>
internal sealed class KerasValue(string? plain, string? moved, Shape shape, ElementType type)
{
    /// <summary>The value in Keras's order, where it is there.</summary>
    public string? Plain { get; set; } = plain;

    /// <summary>The value with channels second, where it is there.</summary>
    public string? Moved { get; set; } = moved;

    /// <summary>The shape in Keras's order.</summary>
    public Shape Shape => shape;

    /// <summary>What its elements are.</summary>
    public ElementType Type => type;

    /// <summary>True where it was made with channels second.</summary>
    public bool IsMoved { get; } = plain is null;

    /// <summary>The mask of steps that Keras carries beside it; null where there is none.</summary>
    public KerasMask? Mask { get; init; }

    /// <summary>The form in which it was made.</summary>
    public string Made => IsMoved ? Moved! : Plain!;

    /// <summary>The same tensor, with that mask beside it, or without one.</summary>
    public KerasValue WithMask(KerasMask? mask) =>
        mask == Mask ? this : new(IsMoved ? null : Plain, IsMoved ? Moved : null, shape, type) { Mask = mask };

    /// <summary>A place of Keras's order in the form in which the value was made.</summary>
    public int AxisMade(int axis) =>
        !IsMoved || axis == 0 ? axis
        : axis == Shape.Rank - 1 ? 1
        : axis + 1;
}
