namespace Neptune.Formats;

/// <summary>An input or output of a model.</summary>
/// <param name="Name">What callers call it.</param>
/// <param name="Tensor">The graph's tensor, such as <c>node:0</c>.</param>
/// <param name="DataType">The number of its element type; 0 where it is not said.</param>
/// <param name="Shape">Its shape; null where it is not said.</param>
internal sealed record TensorFlowEnd(string Name, string Tensor, int DataType, TensorFlowShape? Shape);
