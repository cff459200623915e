namespace Neptune.Formats;

/// <summary>Where a tensor's elements are in another file.</summary>
/// <param name="Location">The file's path from the model's folder, as the model says it: not to be trusted.</param>
/// <param name="Offset">The position of the first byte.</param>
/// <param name="Length">How many bytes; null where it is not said.</param>
internal sealed record OnnxExternalData(string Location, long Offset, long? Length);
