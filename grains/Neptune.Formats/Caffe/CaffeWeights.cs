using System.Collections.Immutable;
using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>
/// Matches the weights of a file to the layers of a net, by the layers' names. What a file lacks is missing, or, where that
/// is allowed as in Caffe's own fine-tuning, is drawn from the layer's fillers.
/// </summary>
/// <param name="file">The file of weights, for errors; null where there is none and all are drawn.</param>
/// <param name="layers">The file's layers.</param>
/// <param name="mayMiss">True where layers that the file lacks are drawn.</param>
internal sealed class CaffeWeights(string? file, ImmutableArray<CaffeLayer> layers, bool mayMiss)
{
    private readonly Dictionary<string, CaffeLayer> _layers = layers
        .Where(layer => !layer.Blobs.IsEmpty)
        .DistinctBy(layer => layer.Name, StringComparer.Ordinal)
        .ToDictionary(layer => layer.Name, StringComparer.Ordinal);

    private readonly Dictionary<string, CaffeLayer> _used = new(StringComparer.Ordinal);
    private readonly List<string> _drawn = [];
    private readonly List<string> _problems = [];

    /// <summary>True where there is a file of weights.</summary>
    public bool HasFile => file is not null;

    /// <summary>True where a layer's weights are drawn by its fillers.</summary>
    public bool Draws(string layer) => !HasFile || (mayMiss && !_layers.ContainsKey(layer));

    /// <summary>Says how many blobs a layer takes.</summary>
    public void Expect(string layer, int count)
    {
        if (!_layers.TryGetValue(layer, out var found))
        {
            if (HasFile && !mayMiss)
            {
                _problems.Add($"{layer}: missing");
            }
            else if (HasFile)
            {
                _drawn.Add(layer);
            }
        }
        else if (found.Blobs.Length != count)
        {
            _problems.Add($"{layer}: {found.Blobs.Length} blobs, and the layer takes {count}");
        }
    }

    /// <summary>A blob of a layer in a shape; null where the file has none that fits, of which a problem is kept.</summary>
    public TensorValue? Find(CaffeLayer layer, int index, Shape shape)
    {
        if (_used.TryAdd(layer.Name, layer) || ReferenceEquals(_used[layer.Name], layer))
        {
            return Find(layer.Name, index, shape);
        }
        if (HasFile)
        {
            _problems.Add($"{layer.Name}: two layers of the net are called so. Rename one, also in the weights");
        }
        return null;
    }

    private TensorValue? Find(string layer, int index, Shape shape)
    {
        if (!_layers.TryGetValue(layer, out var found) || index >= found.Blobs.Length)
        {
            return null;
        }
        var blob = CaffeBlob.Read(found.Blobs[index]);
        if (blob.Fits(shape))
        {
            return blob.ToValue(shape);
        }
        _problems.Add(
            $"{layer}: blob {index} has the lengths {blob.Text} and {blob.Count} numbers, and the layer takes {shape}"
        );
        return null;
    }

    /// <summary>Throws where weights are missing or of other lengths; all are listed.</summary>
    /// <exception cref="ModelFileException">Some are.</exception>
    public void Check()
    {
        if (_problems.Count > 0)
        {
            var unexpected = Unexpected();
            throw new ModelFileException(
                $"{file}: its weights do not fit the net:\n{string.Join('\n', _problems)}"
                    + (unexpected.Length > 0 ? $"\nnot in the net: {string.Join(", ", unexpected)}" : "")
                    + "\nGive the net that the weights are of: layers are found by their names."
            );
        }
        if (HasFile && _used.Count > 0 && !_used.Keys.Any(_layers.ContainsKey))
        {
            throw new ModelFileException(
                $"{file}: none of its layers is in the net ({string.Join(", ", _layers.Keys.Take(10))}). Give the weights of this net."
            );
        }
    }

    /// <summary>What a user should know.</summary>
    public IEnumerable<string> Notes()
    {
        if (HasFile && _drawn.Count > 0)
        {
            yield return $"The weights lack the layers {string.Join(", ", _drawn)}: those are drawn by their fillers.";
        }
        if (HasFile && Unexpected() is { Length: > 0 } unexpected)
        {
            yield return $"The weights have layers that the net does not use: {string.Join(", ", unexpected)}.";
        }
    }

    private string[] Unexpected() =>
        [.. _layers.Keys.Where(name => !_used.ContainsKey(name)).Order(StringComparer.Ordinal)];
}
