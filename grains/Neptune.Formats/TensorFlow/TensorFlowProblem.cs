namespace Neptune.Formats;

/// <summary>A node that cannot be translated.</summary>
/// <param name="Op">Its operator.</param>
/// <param name="Node">Its name.</param>
/// <param name="Reason">Why.</param>
internal sealed record TensorFlowProblem(string Op, string Node, string Reason);
