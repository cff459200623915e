namespace Neptune.ModelGraph;

/// <summary>A piece of a model as people speak of it; <see cref="Layers"/> makes them.</summary>
public abstract record Layer
{
    private protected Layer(string? name) => Name = name;

    /// <summary>The given name; null for a numbered one such as <c>dense_1</c>.</summary>
    public string? Name { get; }

    /// <summary>The stem of numbered names, such as <c>dense</c>.</summary>
    internal abstract string Stem { get; }

    /// <summary>Adds the layer's operations behind <paramref name="input"/>.</summary>
    internal abstract GraphValue Apply(LayerScope scope, GraphValue input);
}
