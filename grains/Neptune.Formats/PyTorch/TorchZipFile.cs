using System.Collections.Immutable;
using System.IO.Compression;
using System.Text;

namespace Neptune.Formats;

/// <summary>
/// The form since PyTorch 1.6: a zip file with one folder, in it <c>data.pkl</c>, storages as <c>data/KEY</c>,
/// <c>version</c>, and where it is TorchScript <c>code/</c> and <c>constants.pkl</c>.
/// </summary>
internal sealed class TorchZipFile : TorchFile
{
    private static readonly ImmutableArray<string> Kept =
    [
        "data.pkl",
        "constants.pkl",
        "version",
        ".data/version",
        "byteorder",
    ];

    private readonly Dictionary<string, byte[]> _storages = new(StringComparer.Ordinal);
    private readonly ZipContainer _zip;
    private readonly string _folder;

    private TorchZipFile(ZipContainer zip, string folder) => (_zip, _folder) = (zip, folder);

    public override bool IsScript => IsScriptFolder(_zip, _folder);

    /// <summary>A source file of a TorchScript file, such as <c>__torch__/nets.py</c>; null where there is none.</summary>
    public string? Code(string file)
    {
        var entry = $"{_folder}/code/{file}";
        return _zip.Find(entry) is null ? null : Encoding.UTF8.GetString(_zip.Read(entry));
    }

    /// <summary>All source files of a TorchScript file, by entry.</summary>
    public IEnumerable<(string Entry, string Text)> Sources =>
        _zip.Names.Where(IsSource).Select(entry => (entry, Encoding.UTF8.GetString(_zip.Read(entry))));

    /// <summary>
    /// A TorchScript file of the entries that were read here: both pickles as data, storages and code. Others, such as positions
    /// of the code in the original's, are left out, and so is whatever other readers could find in the file.
    /// </summary>
    /// <exception cref="ModelFileException">An entry is damaged, or calls what a model does not need.</exception>
    public byte[] Repack()
    {
        Pickle(_zip, $"{_folder}/constants.pkl", Name, script: true);
        using var stream = new MemoryStream();
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var name in _zip.Names.Where(IsKept).Order(StringComparer.Ordinal))
            {
                var entry = archive.CreateEntry(name, CompressionLevel.NoCompression);
                entry.LastWriteTime = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);
                using var content = entry.Open();
                content.Write(_zip.Read(name));
            }
        }
        return stream.ToArray();
    }

    private bool IsSource(string entry) =>
        entry.StartsWith($"{_folder}/code/", StringComparison.Ordinal)
        && entry.EndsWith(".py", StringComparison.Ordinal);

    private bool IsKept(string entry) =>
        IsSource(entry)
        || entry.StartsWith($"{_folder}/data/", StringComparison.Ordinal)
        || entry.StartsWith($"{_folder}/constants/", StringComparison.Ordinal)
        || Kept.Contains(entry[(entry.IndexOf('/') + 1)..]);

    /// <summary>Reads the directory and the pickle.</summary>
    /// <param name="stream">The file; must stay open while storages are read.</param>
    /// <param name="name">What errors call it.</param>
    /// <exception cref="ModelFileException">It is no such file, damaged, or calls what weights do not need.</exception>
    public static TorchZipFile Open(Stream stream, string name)
    {
        var zip = new ZipContainer(stream, name);
        var pickles = zip
            .Names.Where(entry =>
                entry.EndsWith("/data.pkl", StringComparison.Ordinal) && entry.IndexOf('/') == entry.LastIndexOf('/')
            )
            .ToArray();
        if (pickles is not [var pickle])
        {
            throw new ModelFileException(
                $"{name} is a zip file with {pickles.Length} entries FOLDER/data.pkl, and one of torch.save has one. Give a "
                    + "file that torch.save or torch.jit.save wrote."
            );
        }
        var folder = pickle[..pickle.IndexOf('/')];
        if (zip.Find($"{folder}/byteorder") is { Length: < 64 } order)
        {
            var written = Encoding.ASCII.GetString(zip.Read(order.Name)).Trim();
            if (written != "little")
            {
                throw new ModelFileException(
                    $"{name}, entry {order.Name}: the byte order is not little. Load and save the file on a machine with "
                        + "little-endian numbers, such as any x86-64 or ARM one."
                );
            }
        }
        var script = IsScriptFolder(zip, folder);
        return new(zip, folder)
        {
            Name = name,
            Length = stream.Length,
            Form = script ? "TorchScript" : "PyTorch zip",
            Root = Pickle(zip, pickle, name, script),
        };
    }

    public override ReadOnlyMemory<byte> Storage(PickledStorage storage)
    {
        var entry = $"{_folder}/data/{storage.Key}";
        if (!_storages.TryGetValue(entry, out var bytes))
        {
            bytes = _zip.Read(entry);
            _storages.Add(entry, bytes);
        }
        return bytes.Length == SizeBytes(storage)
            ? bytes
            : throw new ModelFileException(
                $"{Name}, entry {entry} has {bytes.Length} bytes, and data.pkl says {SizeBytes(storage)}. Save the file "
                    + "again."
            );
    }

    private static bool IsScriptFolder(ZipContainer zip, string folder) =>
        zip.Find($"{folder}/constants.pkl") is not null;

    private static object? Pickle(ZipContainer zip, string entry, string name, bool script)
    {
        var input = new PickleInput(zip.Read(entry), $"{name}, entry {entry}");
        var root = Unpickler.Read(input, script);
        return input.Position == input.Length
            ? root
            : throw input.Error(input.Position, "something stands behind the end of the pickle.");
    }
}
