namespace Neptune.Formats;

/// <summary>Nets, solvers and weights of Caffe (https://caffe.berkeleyvision.org).</summary>
public sealed class CaffeFormat : IModelFormat
{
    private const string TextEnding = ".prototxt";
    private const string BinaryEnding = ".caffemodel";

    /// <inheritdoc/>
    public string Name => "Caffe";

    /// <inheritdoc/>
    public bool Recognizes(string path, ReadOnlySpan<byte> head) =>
        EndsIn(path, TextEnding) || EndsIn(path, TextEnding + ".txt") || IsBinary(path);

    /// <inheritdoc/>
    public ImportedModel Import(string path, ImportOptions options)
    {
        var file = Path.GetFileName(path);
        var weights = options.WeightsFile is { } other ? CaffeReader.ReadWeights(other) : null;
        if (IsBinary(path))
        {
            return ImportBinary(CaffeReader.ReadWeights(path), weights, options);
        }
        var text = CaffeFiles.ReadText(path);
        return CaffeReader.IsSolver(text, file)
            ? CaffeSolver.Import(path, CaffeTextReader.Read(text, file, CaffeSchema.Solver), weights, options)
            : new CaffeImport
            {
                Net = CaffeReader.ReadNet(text, file),
                Weights = weights,
                Options = options,
                Folder = Path.GetDirectoryName(Path.GetFullPath(path)),
            }.Run();
    }

    /// <summary>A file of weights holds the net that was trained, more or less of it.</summary>
    internal static ImportedModel ImportBinary(CaffeNet net, CaffeNet? weights, ImportOptions options)
    {
        try
        {
            return new CaffeImport
            {
                Net = net,
                Weights = weights ?? net,
                Options = options,
            }.Run();
        }
        catch (ModelFileException error) when (error is not UnsupportedOperatorsException)
        {
            throw new ModelFileException(
                $"{error.Message} Or import the net's .prototxt, and give this file as its weights.",
                error
            );
        }
    }

    private static bool IsBinary(string path) => EndsIn(path, BinaryEnding) || EndsIn(path, BinaryEnding + ".h5");

    private static bool EndsIn(string path, string ending) => path.EndsWith(ending, StringComparison.OrdinalIgnoreCase);
}
