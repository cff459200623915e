using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>Elements in memory that tensors are views of, as a pickle refers to them.</summary>
/// <param name="Type">What an element is; null where the storage is mere bytes.</param>
/// <param name="Key">Its name in the file.</param>
/// <param name="Count">How many elements it has.</param>
internal sealed record PickledStorage(ElementType? Type, string Key, long Count)
{
    /// <summary>The element that is its first, where it is a view of another storage (files before PyTorch 1.6).</summary>
    public long Offset { get; init; }
}
