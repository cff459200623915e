using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>Models of the ONNX standard, opsets 7 and later (https://onnx.ai/onnx/operators/).</summary>
public sealed class OnnxFormat : IModelFormat
{
    /// <inheritdoc/>
    public string Name => "ONNX";

    /// <inheritdoc/>
    // Its first bytes are those of many a protobuf message: only the name tells.
    public bool Recognizes(string path, ReadOnlySpan<byte> head) =>
        path.EndsWith(".onnx", StringComparison.OrdinalIgnoreCase);

    /// <inheritdoc/>
    public ImportedModel Import(string path, ImportOptions options)
    {
        var model = OnnxReader.ReadModel(path);
        var folder = Path.GetDirectoryName(Path.GetFullPath(path));
        return Translate(model, folder, options.Name, freeBatch: true);
    }

    /// <summary>Makes a graph of a model.</summary>
    /// <param name="model">What the file says.</param>
    /// <param name="folder">Where files with weights may lie; null for none.</param>
    /// <param name="name">The graph's name; null takes the file's.</param>
    /// <param name="freeBatch">True to make a first dimension of 1 a batch of any size, where the model allows it.</param>
    internal static ImportedModel Translate(OnnxModel model, string? folder, string? name, bool freeBatch)
    {
        if (freeBatch && OnnxBatch.IsFixedToOne(model.Graph))
        {
            try
            {
                var free = new OnnxTranslation(OnnxBatch.Free(model), folder, name, isBatchFreed: true).Run();
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
        return new OnnxTranslation(model, folder, name, isBatchFreed: false).Run();
    }
}
