using System.Buffers.Binary;

namespace Neptune.Formats;

/// <summary>
/// Models of Keras: whole ones in HDF5 (Keras 1 and 2), in the zip form of Keras 3, and TensorFlow.js's layers models; and weights
/// alone in HDF5, which go onto the graph that the options give. Nothing in a file is run.
/// </summary>
public sealed class KerasFormat : IModelFormat
{
    /// <inheritdoc/>
    public string Name => "Keras";

    /// <inheritdoc/>
    public bool TakesChannelsFirst => false;

    /// <inheritdoc/>
    public bool Recognizes(string path, ReadOnlySpan<byte> head) =>
        head.StartsWith(Hdf5Superblock.Signature)
        || (IsZip(head) && Path.GetExtension(path).Equals(".keras", StringComparison.OrdinalIgnoreCase))
        || (
            Path.GetExtension(path).Equals(".json", StringComparison.OrdinalIgnoreCase)
            && (head.IndexOf("\"modelTopology\""u8) >= 0 || head.IndexOf("\"layers-model\""u8) >= 0)
        );

    /// <inheritdoc/>
    public ImportedModel Import(string path, ImportOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        return Import(stream, Path.GetFileName(path), Path.GetDirectoryName(Path.GetFullPath(path)), options);
    }

    /// <summary>Reads a file of any of the forms.</summary>
    /// <param name="stream">The file, seekable.</param>
    /// <param name="file">What errors call it.</param>
    /// <param name="folder">Where shards of weights may lie; null for none.</param>
    /// <param name="options">What the import is told.</param>
    internal static ImportedModel Import(Stream stream, string file, string? folder, ImportOptions options)
    {
        var head = new byte[Math.Min(stream.Length, 8)];
        stream.ReadExactly(head);
        if (IsZip(head))
        {
            return Translated(KerasArchive.Read(stream, file), options);
        }
        if (!head.AsSpan().StartsWith(Hdf5Superblock.Signature))
        {
            stream.Position = 0;
            return Translated(KerasTfjs.Read(stream, file, folder), options);
        }
        var root = Hdf5Object.Open(stream, file);
        return KerasHdf5.HasModel(root)
            ? Translated(KerasHdf5.Read(root, file), options)
            : KerasWeightsFile.Import(root, file, options);
    }

    private static ImportedModel Translated(KerasFile file, ImportOptions options) =>
        options.Onto is null ? new KerasTranslation(file, options).Run() : KerasOnto.Import(file, options);

    private static bool IsZip(ReadOnlySpan<byte> head) =>
        head.Length >= 4 && BinaryPrimitives.ReadUInt32LittleEndian(head) == 0x04034b50;
}
