namespace Neptune.Formats;

/// <summary>
/// The form before PyTorch 1.6: pickles of a magic number, the form's version, facts about the machine, the content and the
/// storages' keys, then each storage as a 64-bit count of elements and the elements.
/// </summary>
internal sealed class TorchStreamFile : TorchFile
{
    private const long FormVersion = 1001;

    private readonly Dictionary<string, ReadOnlyMemory<byte>> _storages;

    private TorchStreamFile(Dictionary<string, ReadOnlyMemory<byte>> storages) => _storages = storages;

    /// <summary>The pickle of the magic number that begins such a file.</summary>
    public static ReadOnlySpan<byte> Magic =>
        [0x80, 0x02, 0x8A, 0x0A, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19, 0x2E];

    /// <summary>Reads the pickles, and finds the storages.</summary>
    /// <exception cref="ModelFileException">It is damaged, or calls what weights do not need.</exception>
    public static TorchStreamFile Open(Stream stream, string name)
    {
        if (stream.Length > Array.MaxLength)
        {
            throw new ModelFileException(
                $"{name} is in the form before PyTorch 1.6 and has {stream.Length} bytes, and at most {Array.MaxLength} are "
                    + "read. Save it again with a newer PyTorch."
            );
        }
        var bytes = new byte[stream.Length];
        stream.Position = 0;
        stream.ReadExactly(bytes);
        var input = new PickleInput(bytes, name);
        input.Take((ulong)Magic.Length);
        var position = input.Position;
        if (Unpickler.Read(input) is not FormVersion)
        {
            throw input.Error(
                position,
                $"the form's version is not {FormVersion}. Save it again with a newer PyTorch."
            );
        }
        position = input.Position;
        if (
            Unpickler.Read(input) is not PickleDict machine
            || !machine.TryGet("little_endian", out var little)
            || little is not true
        )
        {
            throw input.Error(
                position,
                "the machine's numbers were not little-endian. Load and save the file on one where they are, such as any "
                    + "x86-64 or ARM one."
            );
        }
        var storages = new Dictionary<string, PickledStorage>(StringComparer.Ordinal);
        var root = Unpickler.Read(input, storages: storages);
        return new(FindStorages(input, storages))
        {
            Name = name,
            Length = bytes.Length,
            Form = "PyTorch before 1.6",
            Root = root,
        };
    }

    public override ReadOnlyMemory<byte> Storage(PickledStorage storage) =>
        _storages.TryGetValue(storage.Key, out var bytes)
            ? bytes
            : throw new ModelFileException($"{Name}: storage {storage.Key} is missing: the file is damaged.");

    private static Dictionary<string, ReadOnlyMemory<byte>> FindStorages(
        PickleInput input,
        Dictionary<string, PickledStorage> storages
    )
    {
        var position = input.Position;
        var keys =
            Unpickler.Read(input) as List<object?>
            ?? throw input.Error(position, "the list of storages is missing: the file is damaged.");
        var found = new Dictionary<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal);
        foreach (var key in keys)
        {
            position = input.Position;
            if (key is not string text || !storages.TryGetValue(text, out var storage))
            {
                throw input.Error(position, "a storage is listed that no tensor refers to: the file is damaged.");
            }
            if (input.UInt64() != (ulong)storage.Count)
            {
                throw input.Error(
                    position,
                    $"storage {text} does not have {storage.Count} elements, as its tensors say."
                );
            }
            var sizeBytes = SizeBytes(storage);
            var content = input.TakeMemory(sizeBytes > ulong.MaxValue ? ulong.MaxValue : (ulong)sizeBytes);
            if (!found.TryAdd(text, content))
            {
                throw input.Error(position, $"storage {text} is listed twice: the file is damaged.");
            }
        }
        return found;
    }
}
