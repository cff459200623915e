using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>A tensor of a file of weights that is read when it is needed.</summary>
/// <param name="Name">Its name, as the file or its prefix stripped.</param>
/// <param name="Type">What an element is.</param>
/// <param name="Shape">Its shape.</param>
/// <param name="Read">Reads its elements.</param>
internal sealed record NamedTensor(string Name, ElementType Type, Shape Shape, Func<TensorValue> Read);
