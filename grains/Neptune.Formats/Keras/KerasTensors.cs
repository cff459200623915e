using System.Collections.Immutable;

namespace Neptune.Formats;

/// <summary>The variables of a file's layers, by the layers' paths; what is wrong with them is said when they are asked for.</summary>
/// <param name="file">What errors call the file.</param>
internal sealed class KerasTensors(string file)
{
    private readonly Dictionary<string, ImmutableArray<NamedTensor>> _tensors = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _faults = new(StringComparer.Ordinal);

    /// <summary>Sets a layer's, in Keras's order.</summary>
    public void Add(string path, ImmutableArray<NamedTensor> tensors) => _tensors[path] = tensors;

    /// <summary>Says why a layer's are not known.</summary>
    public void AddFault(string path, string problem) => _faults[path] = problem;

    /// <summary>A layer's; none where the file has none.</summary>
    /// <exception cref="ModelFileException">They are not known.</exception>
    public ImmutableArray<NamedTensor> Of(string path) =>
        _faults.TryGetValue(path, out var problem)
            ? throw new ModelFileException($"{file}: {problem}. Save the model again.")
            : _tensors.GetValueOrDefault(path, []);
}
