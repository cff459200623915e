namespace Neptune.ModelGraph;

/// <summary>One row of a <see cref="ModelSummary"/>.</summary>
/// <param name="Name">The layer's name.</param>
/// <param name="Operations">Its operators, such as <c>Gemm + Relu</c>.</param>
/// <param name="OutputShape">Batch first; images are (N, height, width, channels).</param>
/// <param name="ParameterCount">Elements of the weights and buffers that no row above has counted.</param>
public sealed record LayerSummary(string Name, string Operations, Shape OutputShape, long ParameterCount);
