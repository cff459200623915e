namespace Neptune.Formats;

/// <summary>A variable that becomes a parameter.</summary>
/// <param name="Layer">Whose it is.</param>
/// <param name="Path">The layer's path.</param>
/// <param name="Parameter">The parameter's name.</param>
/// <param name="Variable">What Keras calls it.</param>
/// <param name="IsTrained">True where training changes it.</param>
internal sealed record KerasUsedVariable(
    KerasLayer Layer,
    string Path,
    string Parameter,
    string Variable,
    bool IsTrained
);
