namespace Neptune.Formats;

/// <summary>A variable in a file, before it is known to which parameter it goes.</summary>
/// <param name="Layer">The names of the layers around it, with dots.</param>
/// <param name="Variable">What Keras calls it; null where the file only numbers it.</param>
/// <param name="Place">Its number in its layer.</param>
/// <param name="Tensor">Its elements.</param>
internal sealed record KerasStoredVariable(string Layer, string? Variable, int Place, NamedTensor Tensor)
{
    /// <summary>As errors call it.</summary>
    public string Label => $"{Layer}/{Variable ?? $"vars/{Place}"}";
}
