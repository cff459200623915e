namespace Neptune.Formats;

/// <summary>A variable of a layer.</summary>
/// <param name="Name">What Keras calls it, such as <c>kernel</c>.</param>
/// <param name="Part">The object inside the layer that holds it in Keras 3's files, such as <c>cell</c>; empty for the layer.</param>
/// <param name="IsTrained">False for running statistics.</param>
internal sealed record KerasVariable(string Name, string Part = "", bool IsTrained = true);
