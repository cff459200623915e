namespace Neptune.Formats;

/// <summary>Reads nets, and tells solvers from them.</summary>
internal static class CaffeReader
{
    /// <summary>True for a solver's text: it has fields that only solvers have.</summary>
    /// <exception cref="ModelFileException">The text is neither.</exception>
    public static bool IsSolver(string text, string file)
    {
        var names = CaffeTextReader.NamesOf(text, file);
        if (names.Overlaps(["layer", "layers", "input"]))
        {
            return false;
        }
        return names.Any(name => CaffeSchema.Net.Find(name) is null && CaffeSchema.Solver.Find(name) is not null)
            ? true
            : throw new ModelFileException(
                $"{file}: it has neither layers nor a solver's settings. Give a Caffe net or solver."
            );
    }

    /// <summary>A net as text.</summary>
    /// <exception cref="ModelFileException">It is not sound.</exception>
    public static CaffeNet ReadNet(string text, string file) =>
        CaffeNet.Of(CaffeTextReader.Read(text, file, CaffeSchema.Net), file);

    /// <summary>A net with its weights.</summary>
    /// <exception cref="ModelFileException">It is not sound, or of another form.</exception>
    public static CaffeNet ReadWeights(string path) => ReadWeights(CaffeFiles.ReadBytes(path), Path.GetFileName(path));

    /// <summary>A net with its weights, of a file's bytes, which must not change later.</summary>
    /// <exception cref="ModelFileException">It is not sound, or of another form.</exception>
    public static CaffeNet ReadWeights(ReadOnlyMemory<byte> bytes, string file)
    {
        if (bytes.Length > 8 && bytes.Span[0] == 0x89 && bytes.Span[1..8].SequenceEqual("HDF\r\n\x1a\n"u8))
        {
            throw new ModelFileException(
                $"{file}: it holds weights in HDF5's form, which is not read. Save them with snapshot_format: BINARYPROTO."
            );
        }
        var net = CaffeNet.Of(CaffeBinaryReader.Read(bytes, file, CaffeSchema.Net), file);
        return net.Layers.Any(layer => !layer.Blobs.IsEmpty)
            ? net
            : throw new ModelFileException($"{file}: it holds no layers with weights. Give a .caffemodel.");
    }
}
