namespace Neptune.Formats;

/// <summary>A tensor of a signature.</summary>
/// <param name="Tensor">Its name in the graph, such as <c>Placeholder:0</c>; empty for sparse and composite ones.</param>
/// <param name="DataType">The number of its element type.</param>
/// <param name="Shape">Its shape; null where none is given.</param>
internal sealed record TensorFlowTensorInfo(string Tensor, int DataType, TensorFlowShape? Shape);
