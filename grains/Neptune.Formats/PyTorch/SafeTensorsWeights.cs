using System.Buffers.Binary;
using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>
/// Weights of PyTorch in the safetensors format (https://huggingface.co/docs/safetensors). They go onto the graph that the
/// options give, by name: the format keeps no order.
/// </summary>
public sealed class SafeTensorsWeights : IModelFormat
{
    /// <inheritdoc/>
    public string Name => "safetensors";

    /// <inheritdoc/>
    public bool Recognizes(string path, ReadOnlySpan<byte> head) =>
        head.Length > 9
        && BinaryPrimitives.ReadUInt64LittleEndian(head) is >= 2 and <= SafeTensorsFile.MaximumHeaderBytes
        && head[8] == (byte)'{'
        && Path.GetExtension(path).Equals(".safetensors", StringComparison.OrdinalIgnoreCase);

    /// <inheritdoc/>
    public ImportedModel Import(string path, ImportOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        return Import(stream, Path.GetFileName(path), options);
    }

    internal static ImportedModel Import(Stream stream, string file, ImportOptions options)
    {
        var tensors = Read(stream, file);
        if (options.Onto is not { } graph)
        {
            throw new ModelFileException(
                $"{file} holds weights by name, and not what is computed with them. Give the graph that they belong to."
            );
        }
        var differences = PyTorchDifferences.Check(file, graph);
        var (weights, notes) = ParameterMapping.Map(
            file,
            [.. tensors.Select(t => new NamedTensor(t.Key, t.Value.Type, t.Value.Shape, () => t.Value))],
            ordered: false,
            graph
        );
        return new()
        {
            Graph = options.Name is { } name ? graph with { Name = name } : graph,
            Weights = weights,
            Source = "safetensors (weights)",
            Notes = [.. notes, .. differences],
        };
    }

    private static IReadOnlyDictionary<string, TensorValue> Read(Stream stream, string file)
    {
        try
        {
            return SafeTensorsFile.Read(stream, file);
        }
        catch (PackageException e)
        {
            throw new ModelFileException(e.Message, e);
        }
    }
}
