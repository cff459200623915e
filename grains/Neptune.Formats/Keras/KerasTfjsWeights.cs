using System.Collections.Immutable;
using System.Text.Json;
using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>The weights of a TensorFlow.js model: groups of files, whose bytes follow one another.</summary>
internal static class KerasTfjsWeights
{
    /// <summary>The weights that <c>weightsManifest</c> lists; their files are read at once.</summary>
    /// <exception cref="ModelFileException">A file is missing, too short, or outside of the folder.</exception>
    public static ImmutableArray<NamedTensor> Read(JsonElement json, string file, string? folder)
    {
        if (!json.TryGetProperty("weightsManifest", out var manifest) || manifest.ValueKind != JsonValueKind.Array)
        {
            throw new ModelFileException($"{file} has no weightsManifest. Save the model with its weights.");
        }
        var weights = ImmutableArray.CreateBuilder<NamedTensor>();
        foreach (var group in manifest.EnumerateArray())
        {
            var bytes = Bytes(group, file, folder);
            var at = 0L;
            foreach (var weight in Items(group, "weights", file))
            {
                weights.Add(ReadOne(weight, file, bytes, ref at));
            }
            if (at != bytes.Length)
            {
                throw new ModelFileException(
                    $"{file}: the weights have {at} bytes, and their files {bytes.Length}. Copy all of them again."
                );
            }
        }
        var twice = weights.GroupBy(w => w.Name, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1);
        return twice is null
            ? weights.ToImmutable()
            : throw new ModelFileException($"{file}: two weights are called {twice.Key}. Save the model again.");
    }

    private static byte[] Bytes(JsonElement group, string file, string? folder)
    {
        var paths = Items(group, "paths", file).Select(p => PathOf(p, file, folder)).ToArray();
        var length = paths.Sum(path => new FileInfo(path).Length);
        if (length > Array.MaxLength)
        {
            throw new ModelFileException(
                $"{file}: a group of weights has {length} bytes, and at most {Array.MaxLength} are read."
            );
        }
        var bytes = new byte[length];
        var at = 0;
        foreach (var path in paths)
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            var part = (int)Math.Min(stream.Length, bytes.Length - at);
            stream.ReadExactly(bytes.AsSpan(at, part));
            at += part;
        }
        return bytes;
    }

    // Only plain names of files in the same folder.
    private static string PathOf(JsonElement name, string file, string? folder)
    {
        var text = name.ValueKind == JsonValueKind.String ? name.GetString()! : "";
        if (folder is null || text.Length == 0 || text is "." or ".." || text.AsSpan().IndexOfAny("/\\:\0") >= 0)
        {
            throw new ModelFileException(
                $"{file}: the file of weights {KerasConfig.Show(name)} is no name of a file in the same folder. Put all files there."
            );
        }
        var info = new FileInfo(Path.Combine(folder, text));
        if (!info.Exists)
        {
            throw new ModelFileException($"{file}: the file of weights {text} is missing. Put it beside {file}.");
        }
        return info.LinkTarget is null
            ? info.FullName
            : throw new ModelFileException($"{file}: the file of weights {text} is a link, which is not followed.");
    }

    private static NamedTensor ReadOne(JsonElement weight, string file, byte[] bytes, ref long at)
    {
        var name =
            KerasTopology.TextOf(weight, "name") ?? throw new ModelFileException($"{file}: a weight has no name.");
        var config = new KerasConfig(weight, $"{file}, weight {name}");
        var quantization = config.Find("quantization") is { } found
            ? TensorFlowJsQuantization.Read(found, $"{file}: weight {name}")
            : null;
        var type = config.Text("dtype", "float32") switch
        {
            "float32" => ElementType.Float32,
            "int32" => ElementType.Int32,
            "bool" => ElementType.Boolean,
            "uint8" => ElementType.UInt8,
            var other => throw new ModelFileException($"{file}: weight {name} is of type {other}, which is not known."),
        };
        var lengths = config.IntList("shape") ?? [];
        var stored = quantization?.Stored ?? type;
        var size = (Int128)stored.SizeBytes();
        foreach (var length in lengths)
        {
            size = length >= 0 && size <= bytes.Length ? size * length : -1;
        }
        if (size < 0 || size > bytes.Length - at)
        {
            throw new ModelFileException(
                $"{file}: weight {name} of shape ({string.Join(", ", lengths)}) reaches over the end of its files. Copy them again."
            );
        }
        var (start, count) = ((int)at, (int)size);
        at += count;
        var shape = Shape.Of(lengths.AsSpan());
        return new(name, type, shape, Value);

        TensorValue Value()
        {
            var value = new TensorValue(stored, shape, bytes.AsMemory(start, count).ToArray());
            return quantization?.Restored(value, type) ?? value;
        }
    }

    private static IEnumerable<JsonElement> Items(JsonElement json, string name, string file) =>
        json.ValueKind == JsonValueKind.Object
        && json.TryGetProperty(name, out var items)
        && items.ValueKind == JsonValueKind.Array
            ? items.EnumerateArray()
            : throw new ModelFileException($"{file}: a group of weights has no {name}. Save the model again.");
}
