namespace Neptune.Formats;

/// <summary>An output of a call of a layer.</summary>
/// <param name="Layer">The layer's name.</param>
/// <param name="Node">Which of its calls.</param>
/// <param name="Tensor">Which of the call's outputs.</param>
internal readonly record struct KerasReference(string Layer, int Node, int Tensor);
