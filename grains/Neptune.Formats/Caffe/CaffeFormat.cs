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
        new[] { TextEnding, TextEnding + ".txt", BinaryEnding, BinaryEnding + ".h5" }.Any(ending =>
            path.EndsWith(ending, StringComparison.OrdinalIgnoreCase)
        );

    /// <inheritdoc/>
    public ImportedModel Import(string path, ImportOptions options)
    {
        var file = Path.GetFileName(path);
        var isBinary =
            path.Contains(BinaryEnding, StringComparison.OrdinalIgnoreCase)
            && !path.EndsWith(TextEnding, StringComparison.OrdinalIgnoreCase);
        var weights = options.WeightsFile is { } other ? CaffeReader.ReadWeights(other) : null;
        if (isBinary)
        {
            var net = CaffeReader.ReadWeights(path);
            return new CaffeImport
            {
                Net = net,
                Weights = weights ?? net,
                Options = options,
            }.Run();
        }
        var text = CaffeFiles.ReadText(path);
        return CaffeReader.IsSolver(text, file)
            ? CaffeSolver.Import(path, CaffeTextReader.Read(text, file, CaffeSchema.Solver), weights, options)
            : new CaffeImport
            {
                Net = CaffeReader.ReadNet(text, file),
                Weights = weights,
                Options = options,
            }.Run();
    }
}
