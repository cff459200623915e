using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>
/// Inference graphs of TensorFlow: frozen GraphDefs (.pb), SavedModel folders, and graph models of TensorFlow.js (model.json, tensorflowjs_model.pb).
/// </summary>
public sealed class TensorFlowFormat : IModelFormat
{
    private const int HeadBytes = 4096; // a shorter head is the whole file
    private const byte SchemaTag = 0x08; // a SavedModel begins with its version, a GraphDef with a node

    /// <inheritdoc/>
    public string Name => "TensorFlow";

    /// <inheritdoc/>
    public bool TakesChannelsFirst => false;

    /// <inheritdoc/>
    public bool Recognizes(string path, ReadOnlySpan<byte> head) =>
        Directory.Exists(path)
            ? FolderHolds(path, TensorFlowReader.SavedModelFile) || FolderHolds(path, "saved_model.pbtxt")
            : path.EndsWith(".pb", StringComparison.OrdinalIgnoreCase)
                || path.EndsWith(".pbtxt", StringComparison.OrdinalIgnoreCase)
                || (
                    IsJson(path)
                    && TensorFlowJsReader.IsGraphModel(head.Length < HeadBytes ? head : File.ReadAllBytes(path))
                );

    /// <inheritdoc/>
    public ImportedModel Import(string path, ImportOptions options) =>
        Translate(Read(path), options.Name, options.InputShape);

    /// <summary>Makes a graph of a model; one of a single sample is made one of any batch, where it allows that.</summary>
    /// <param name="model">What the file says.</param>
    /// <param name="name">The graph's name; null takes the file's.</param>
    /// <param name="inputShape">A sample's shape, for inputs that do not say theirs.</param>
    internal static ImportedModel Translate(TensorFlowModel model, string? name, Shape? inputShape)
    {
        var ends = TensorFlowInterface.Of(model);
        if (ends.IsFixedToOne)
        {
            try
            {
                var free = new TensorFlowTranslation(model, ends, name, inputShape, isBatchFreed: true).Run();
                if (free.Graph.Outputs.All(o => o.Shape is { IsKnown: true, Rank: > 0 } s && s[0] == Dimension.Batch))
                {
                    return free with
                    {
                        Notes =
                        [
                            .. free.Notes,
                            "The file computes one sample at a time; its first dimension was made a batch of any size.",
                        ],
                    };
                }
            }
            catch (ModelFileException)
            {
                // It works for one sample only.
            }
        }
        return new TensorFlowTranslation(model, ends, name, inputShape, isBatchFreed: false).Run();
    }

    private static TensorFlowModel Read(string path)
    {
        if (Directory.Exists(path))
        {
            return FolderHolds(path, TensorFlowReader.SavedModelFile)
                ? TensorFlowReader.ReadSavedModel(path)
                : throw AsText(Path.Combine(path, "saved_model.pbtxt"));
        }
        if (path.EndsWith(".pbtxt", StringComparison.OrdinalIgnoreCase))
        {
            throw AsText(path);
        }
        if (IsJson(path))
        {
            return TensorFlowJsReader.Read(path);
        }
        if (Path.GetFileName(path) == TensorFlowReader.SavedModelFile)
        {
            return TensorFlowReader.ReadSavedModel(Path.GetDirectoryName(Path.GetFullPath(path))!);
        }
        if (TensorFlowJsReader.IsOldGraph(path))
        {
            return TensorFlowJsReader.ReadOld(path);
        }
        RequireNoSavedModel(path);
        return TensorFlowReader.ReadFrozen(path);
    }

    private static bool IsJson(string path) => path.EndsWith(".json", StringComparison.OrdinalIgnoreCase);

    private static bool FolderHolds(string folder, string file) => File.Exists(Path.Combine(folder, file));

    private static void RequireNoSavedModel(string path)
    {
        using var file = File.OpenRead(path);
        if (file.ReadByte() == SchemaTag)
        {
            throw new ModelFileException(
                $"{path} is the graph of a SavedModel, which must be called {TensorFlowReader.SavedModelFile} and have the "
                    + "folder variables beside it. Name the SavedModel's folder."
            );
        }
    }

    private static ModelFileException AsText(string path) =>
        new($"{path} is a graph as text, which is not read. Save it in binary form (.pb).");
}
