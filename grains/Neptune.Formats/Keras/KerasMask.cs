namespace Neptune.Formats;

// N samples, T steps

/// <summary>The mask of steps that Keras carries beside a tensor.</summary>
/// <param name="Steps">Truth values (N, T, 1), true where a step counts; null where it is not known here.</param>
internal sealed record KerasMask(string? Steps)
{
    /// <summary>There is a mask, and which steps it leaves out is not known here.</summary>
    public static KerasMask Unknown { get; } = new((string?)null);

    /// <summary>The mask of several tensors together: known where all have the same.</summary>
    public static KerasMask? Of(IEnumerable<KerasMask?> masks) =>
        masks.Distinct().ToArray() switch
        {
            [] => null,
            [var only] => only,
            _ => Unknown,
        };
}
