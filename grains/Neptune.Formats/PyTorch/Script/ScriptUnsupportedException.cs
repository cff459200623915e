namespace Neptune.Formats;

/// <summary>An operator is used in a way that cannot become part of a graph; caught where all such are gathered.</summary>
/// <param name="reason">Why, in words that follow the operator's name.</param>
internal sealed class ScriptUnsupportedException(string reason) : Exception(reason);
