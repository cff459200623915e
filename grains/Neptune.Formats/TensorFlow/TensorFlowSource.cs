namespace Neptune.Formats;

/// <summary>An output of a step.</summary>
/// <param name="Step">The step.</param>
/// <param name="Output">The number of the output.</param>
internal readonly record struct TensorFlowSource(TensorFlowStep Step, int Output);
