using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>A value of the graph that is being made, as TorchScript's code holds it.</summary>
/// <param name="name">The value in the graph; an operation in place moves it on.</param>
/// <param name="type">Its type and shape; null for an input of which nothing is known yet.</param>
internal sealed class ScriptTensor(string name, TensorType? type)
{
    public string Name { get; set; } = name;

    public TensorType? Type { get; set; } = type;

    /// <summary>True where another value shows the same memory, so that it must not be changed in place.</summary>
    public bool IsShared { get; set; }
}
