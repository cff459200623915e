using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text.Json;
using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>The weights of a TensorFlow.js model: groups of files in which tensors follow one another.</summary>
internal sealed class TensorFlowJsWeights
{
    private readonly Dictionary<string, TensorFlowTensor> _tensors = new(StringComparer.Ordinal);
    private readonly string _file;

    /// <summary>Takes the weights that a manifest names.</summary>
    /// <param name="file">What errors call the model.</param>
    /// <param name="manifest">The list of groups; undefined for none.</param>
    /// <param name="open">Gives the bytes of files, one after the other.</param>
    public TensorFlowJsWeights(
        string file,
        JsonElement manifest,
        Func<ImmutableArray<string>, string, ReadOnlyMemory<byte>> open
    )
    {
        _file = file;
        if (manifest.ValueKind == JsonValueKind.Undefined)
        {
            return;
        }
        foreach (var group in manifest.EnumerateArray())
        {
            ImmutableArray<string> paths = [.. group.GetProperty("paths").EnumerateArray().Select(p => p.GetString()!)];
            var bytes = open(paths, file);
            foreach (var weight in group.GetProperty("weights").EnumerateArray())
            {
                Add(weight, ref bytes);
            }
        }
    }

    /// <summary>The weight of a node; null where there is none.</summary>
    public TensorFlowTensor? Find(string name) => _tensors.GetValueOrDefault(name);

    /// <summary>The bytes of files in a folder, one after the other.</summary>
    /// <param name="folder">The model's folder.</param>
    /// <param name="paths">The files' names in it.</param>
    /// <param name="file">The model's file, for errors.</param>
    public static ReadOnlyMemory<byte> ReadFiles(string folder, ImmutableArray<string> paths, string file)
    {
        var files = paths.Select(path => Path.Combine(folder, path)).ToArray();
        foreach (var path in files)
        {
            ConfinedFile.Require(path, folder);
        }
        var length = files.Sum(path => new FileInfo(path).Length);
        if (length > Array.MaxLength)
        {
            throw new ModelFileException(
                $"{file}: a group of weights has {length} bytes, and may have at most {Array.MaxLength}."
            );
        }
        var all = GC.AllocateUninitializedArray<byte>((int)length);
        var done = 0;
        foreach (var path in files)
        {
            using var stream = File.OpenRead(path);
            done += stream.ReadAtLeast(
                all.AsSpan(done),
                (int)Math.Min(stream.Length, all.Length - done),
                throwOnEndOfStream: false
            );
        }
        return all.AsMemory(0, done);
    }

    private void Add(JsonElement weight, ref ReadOnlyMemory<byte> bytes)
    {
        var name = weight.GetProperty("name").GetString()!;
        var typeName = weight.GetProperty("dtype").GetString()!;
        ImmutableArray<long> lengths = [.. weight.GetProperty("shape").EnumerateArray().Select(n => n.GetInt64())];
        if (lengths.Any(n => n < 0))
        {
            throw Error(name, "has a negative length");
        }
        if (typeName == "string")
        {
            Skip(name, lengths, ref bytes);
            return;
        }
        var type =
            TensorFlowDataType.Of(TensorFlowDataType.Number(typeName))
            ?? throw Error(name, $"is of {typeName}, which is not known");
        var quantization = weight.TryGetProperty("quantization", out var found)
            ? TensorFlowJsQuantization.Read(found, $"{_file}: weight {name}")
            : null;
        var stored = quantization?.Stored ?? type;
        var size = stored.SizeBytes(lengths);
        if (size > bytes.Length)
        {
            throw Error(name, $"should have {size} bytes, and {bytes.Length} are left in its files");
        }
        var value = new TensorValue(stored, Shape.Of(lengths.AsSpan()), bytes[..(int)size]);
        bytes = bytes[(int)size..];
        _tensors[name] = new()
        {
            DataType = TensorFlowDataType.Number(typeName),
            Shape = new(lengths),
            Value = quantization?.Restored(value, type) ?? value,
        };
    }

    // Texts stand as their length and their bytes.
    private void Skip(string name, ImmutableArray<long> lengths, ref ReadOnlyMemory<byte> bytes)
    {
        var count = ElementType.UInt8.SizeBytes(lengths);
        for (Int128 i = 0; i < count; i++)
        {
            var length =
                bytes.Length >= sizeof(uint) ? BinaryPrimitives.ReadUInt32LittleEndian(bytes.Span) : uint.MaxValue;
            if (length > bytes.Length - sizeof(uint))
            {
                throw Error(name, "ends before its texts do");
            }
            bytes = bytes[(sizeof(uint) + (int)length)..];
        }
    }

    private ModelFileException Error(string name, string problem) =>
        new($"{_file}: weight {name} {problem}. The file is damaged.");
}
