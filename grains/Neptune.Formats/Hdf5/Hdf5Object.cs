using System.Collections.Immutable;

namespace Neptune.Formats;

/// <summary>
/// A group or dataset of an HDF5 file. Keras 2 on Windows wrote paths such as <c>layers\lstm\cell</c> as one name, beside
/// <c>layers\lstm</c>: what stands before a backslash is taken as a group.
/// </summary>
internal sealed class Hdf5Object
{
    private const char Separator = '\\';

    private readonly Hdf5Input _input;
    private readonly List<Hdf5Message> _header;
    private readonly Paths? _outer;
    private Dictionary<string, long>? _links;
    private Paths? _own;
    private Dictionary<string, Hdf5Attribute>? _attributes;

    private Hdf5Object(Hdf5Input input, string path, long? address, Paths? outer)
    {
        (_input, Path, _outer) = (input, path, outer);
        _header = address is { } place ? Hdf5Header.Read(input, place) : [];
    }

    // Names with backslashes of one group, in order, of which those with a prefix belong to a group within. To look one up
    // takes no look at all others: a file may have a hundred thousand.
    private sealed record Paths(SortedSet<string> All, Dictionary<string, long> Links, string Prefix)
    {
        private SortedSet<string> Here => All.GetViewBetween(Prefix, $"{Prefix}{char.MaxValue}");

        public IEnumerable<string> Names => Here.Select(path => path[Prefix.Length..]);

        public Paths? Within(string name)
        {
            var inner = this with { Prefix = $"{Prefix}{name}{Separator}" };
            return inner.Here.Min is null ? null : inner;
        }

        public long? Address(string name) => Links.TryGetValue(Prefix + name, out var address) ? address : null;
    }

    /// <summary>The names on the way from the root, with slashes; empty for the root.</summary>
    public string Path { get; }

    /// <summary>True for a dataset.</summary>
    public bool IsDataset => _header.Any(message => message.Kind == Hdf5MessageKind.Layout);

    /// <summary>The names in a group, as the file keeps them: sorted, or as they were made.</summary>
    public IReadOnlyCollection<string> Names =>
        _outer is null && Own.All.Count == 0
            ? Links.Keys
            :
            [
                .. Links
                    .Keys.Concat(_outer?.Names ?? [])
                    .Select(n => n.Split(Separator)[0])
                    .Distinct(StringComparer.Ordinal),
            ];

    private Dictionary<string, long> Links => _links ??= _header.Count == 0 ? [] : Hdf5Links.Read(_input, _header);

    private Paths Own =>
        _own ??= new(new(Links.Keys.Where(n => n.Contains(Separator)), StringComparer.Ordinal), Links, "");

    private Dictionary<string, Hdf5Attribute> Attributes => _attributes ??= Hdf5Attributes.Read(_input, _header);

    /// <summary>The root group of a file.</summary>
    /// <param name="stream">The file, seekable; stays open as long as it is read.</param>
    /// <param name="file">What errors call it.</param>
    /// <exception cref="ModelFileException">It is no HDF5 file, or damaged.</exception>
    public static Hdf5Object Open(Stream stream, string file)
    {
        var input = new Hdf5Input(stream, file);
        return new(input, "", Hdf5Superblock.Read(input), null);
    }

    /// <summary>What lies in a group under a path of names with slashes; null where there is none.</summary>
    /// <exception cref="ModelFileException">It is damaged, or a link to a name or to another file.</exception>
    public Hdf5Object? Find(string path)
    {
        var found = this;
        foreach (var name in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (found.Inner(name) is not { } inner)
            {
                return null;
            }
            found = inner;
        }
        return found;
    }

    private Hdf5Object? Inner(string name)
    {
        var within = Own.Within(name) ?? _outer?.Within(name);
        var address = Own.Address(name) ?? _outer?.Address(name);
        return address == Hdf5Cursor.Undefined
                ? throw _input.Unknown(
                    $"{PathOf(name)} is a link to a name or to another file, which is not followed",
                    "Save the weights themselves."
                )
            : address is null && within is null ? null
            : new(_input, PathOf(name), address, within);
    }

    private string PathOf(string name) => Path.Length == 0 ? name : $"{Path}/{name}";

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
