using System.Buffers.Binary;

namespace Neptune.Formats;

/// <summary>
/// Weights of PyTorch, as torch.save writes a state_dict or a training checkpoint: the zip form, and the one before
/// PyTorch 1.6. Nothing in the file is run. The weights go onto the graph that the options give.
/// </summary>
public sealed class PyTorchWeights : IModelFormat
{
    /// <inheritdoc/>
    public string Name => "PyTorch";

    /// <inheritdoc/>
    public bool Recognizes(string path, ReadOnlySpan<byte> head) =>
        head.StartsWith(TorchStreamFile.Magic)
        || (IsZip(head) && (Path.GetExtension(path).ToLowerInvariant() is ".pt" or ".pth" or ".ckpt" or ".bin"));

    /// <inheritdoc/>
    public ImportedModel Import(string path, ImportOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        return Import(stream, Path.GetFileName(path), options);
    }

    internal static ImportedModel Import(Stream stream, string file, ImportOptions options)
    {
        var content = Open(stream, file);
        if (options.Onto is not { } graph)
        {
            throw new ModelFileException(
                $"{file} holds weights by name, and not what is computed with them. Give the graph that they belong to."
            );
        }
        var differences = PyTorchDifferences.Check(file, graph);
        var found = StateDict.Find(content);
        var (weights, notes) = ParameterMapping.Map(file, found.Tensors, ordered: true, graph);
        return new()
        {
            Graph = options.Name is { } name ? graph with { Name = name } : graph,
            Weights = weights,
            Source = $"{content.Form} (weights)",
            Notes = [.. found.Notes, .. notes, .. differences],
        };
    }

    internal static TorchFile Open(Stream stream, string file)
    {
        var head = new byte[Math.Min(stream.Length, TorchStreamFile.Magic.Length)];
        stream.ReadExactly(head);
        if (head.AsSpan().StartsWith(TorchStreamFile.Magic))
        {
            return TorchStreamFile.Open(stream, file);
        }
        return IsZip(head)
            ? TorchZipFile.Open(stream, file)
            : throw new ModelFileException(
                $"{file} is no file of PyTorch: it begins neither as a zip file nor with the magic number of the form before "
                    + "PyTorch 1.6. Give a file that torch.save wrote."
            );
    }

    private static bool IsZip(ReadOnlySpan<byte> head) =>
        head.Length >= 4 && BinaryPrimitives.ReadUInt32LittleEndian(head) == 0x04034b50;
}
