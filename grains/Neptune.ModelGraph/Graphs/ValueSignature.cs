namespace Neptune.ModelGraph;

/// <summary>An input or output of a graph: its name, element type and shape (batch first and symbolic).</summary>
public sealed record ValueSignature(string Name, ElementType Type, Shape Shape)
{
    /// <summary>For example <c>image: Float32 (N, 28, 28, 1)</c>.</summary>
    public override string ToString() => $"{Name}: {Type} {Shape}";
}
