namespace Neptune.Formats;

/// <summary>A dimension of a tensor's type; one with neither value nor symbol is unknown.</summary>
/// <param name="Value">The length as the file says it: some writers put 0 or -1 for an unknown one.</param>
/// <param name="Symbol">The name of a length that is known only when the graph runs.</param>
internal readonly record struct OnnxDimension(long? Value, string? Symbol);
