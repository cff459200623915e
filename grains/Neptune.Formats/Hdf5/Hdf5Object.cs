using System.Collections.Immutable;

namespace Neptune.Formats;

/// <summary>A group or dataset of an HDF5 file.</summary>
internal sealed class Hdf5Object
{
    private readonly Hdf5Input _input;
    private readonly List<Hdf5Message> _header;
    private Dictionary<string, long>? _links;
    private Dictionary<string, Hdf5Attribute>? _attributes;

    private Hdf5Object(Hdf5Input input, string path, long address)
    {
        (_input, Path) = (input, path);
        _header = Hdf5Header.Read(input, address);
    }

    /// <summary>The names on the way from the root, with slashes; empty for the root.</summary>
    public string Path { get; }

    /// <summary>True for a dataset.</summary>
    public bool IsDataset => _header.Any(message => message.Kind == Hdf5MessageKind.Layout);

    /// <summary>The names in a group, as the file keeps them: sorted, or as they were made.</summary>
    public IReadOnlyCollection<string> Names => Links.Keys;

    private Dictionary<string, long> Links => _links ??= Hdf5Links.Read(_input, _header);

    private Dictionary<string, Hdf5Attribute> Attributes => _attributes ??= Hdf5Attributes.Read(_input, _header);

    /// <summary>The root group of a file.</summary>
    /// <param name="stream">The file, seekable; stays open as long as it is read.</param>
    /// <param name="file">What errors call it.</param>
    /// <exception cref="ModelFileException">It is no HDF5 file, or damaged.</exception>
    public static Hdf5Object Open(Stream stream, string file)
    {
        var input = new Hdf5Input(stream, file);
        return new(input, "", Hdf5Superblock.Read(input));
    }

    /// <summary>What lies in a group under a path of names with slashes; null where there is none.</summary>
    /// <exception cref="ModelFileException">It is damaged, or a link to a name or to another file.</exception>
    public Hdf5Object? Find(string path)
    {
        var found = this;
        foreach (var name in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!found.Links.TryGetValue(name, out var address))
            {
                return null;
            }
            var inner = found.Path.Length == 0 ? name : $"{found.Path}/{name}";
            if (address == Hdf5Cursor.Undefined)
            {
                throw _input.Unknown(
                    $"{inner} is a link to a name or to another file, which is not followed",
                    "Save the weights themselves."
                );
            }
            found = new(_input, inner, address);
        }
        return found;
    }

    /// <summary>The attribute's texts; null where there is none of that name.</summary>
    public ImmutableArray<string>? Texts(string attribute) =>
        Attributes.TryGetValue(attribute, out var found) ? found.Texts(_input) : null;

    /// <summary>
    /// The texts of an attribute that Keras may have cut into several, called <c>name0</c>, <c>name1</c> and so on.
    /// </summary>
    public ImmutableArray<string>? TextsInParts(string attribute)
    {
        if (Texts(attribute) is { } whole)
        {
            return whole;
        }
        var parts = new List<string>();
        var count = 0;
        for (; Texts($"{attribute}{count}") is { } part; count++)
        {
            parts.AddRange(part);
        }
        return count > 0 ? [.. parts] : null;
    }

    /// <summary>The attribute's one text; null where there is none of that name.</summary>
    public string? Text(string attribute) =>
        Texts(attribute) switch
        {
            null => null,
            [var only] => only,
            var several => throw _input.Damaged($"attribute {attribute} has {several.Value.Length} texts, not one"),
        };

    /// <summary>The dataset's tensor, to be read later.</summary>
    /// <exception cref="ModelFileException">It is no dataset of numbers, or damaged.</exception>
    public NamedTensor Tensor() => Hdf5Dataset.Of(_input, Path, _header);
}
