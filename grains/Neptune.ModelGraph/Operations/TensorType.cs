namespace Neptune.ModelGraph;

/// <summary>What is known of a value before a graph runs: its element type and shape.</summary>
/// <param name="Type">What an element is.</param>
/// <param name="Shape">The dimensions; those known only at run time are symbolic.</param>
public readonly record struct TensorType(ElementType Type, Shape Shape)
{
    /// <summary>For example <c>Float32 (N, 10)</c>.</summary>
    public override string ToString() => $"{Type} {Shape}";
}
