using System.Collections.Immutable;
using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>All formats that can be imported.</summary>
public static class ModelFormats
{
    private const int HeadBytes = 4096;

    /// <summary>The formats, in the order in which they are tried.</summary>
    public static ImmutableArray<IModelFormat> All { get; } =
    [
        new OnnxFormat(),
        new SafeTensorsWeights(),
        new PyTorchWeights(),
        new CaffeFormat(),
        new TensorFlowFormat(),
        new KerasFormat(),
    ];

    /// <summary>Reads a model file of any format.</summary>
    /// <exception cref="ModelFileException">It cannot be read, or is of no known format.</exception>
    public static ImportedModel Import(string path, ImportOptions options)
    {
        var format = Of(path);
        try
        {
            return Noted(format.Import(path, options), options.InputShape);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ModelFileException($"The file '{path}' cannot be read: {error.Message}", error);
        }
    }

    // A shape that was given and does not count is no secret.
    private static ImportedModel Noted(ImportedModel model, Shape? given)
    {
        var inputs = model.Graph.Inputs;
        return given is null || inputs.Any(i => i.Shape.Dimensions.Skip(1).SequenceEqual(given.Dimensions))
            ? model
            : model with
            {
                Notes =
                [
                    .. model.Notes,
                    $"The shape {given} that was given (--input-shape) is not used: the file says "
                        + $"{string.Join(", ", inputs.Select(i => $"{i.Name} {i.Shape}"))}.",
                ],
            };
    }

    /// <summary>The format of a file by its name and first bytes, or of a folder by its name and files.</summary>
    /// <exception cref="ModelFileException">It cannot be read, or is of no known format.</exception>
    public static IModelFormat Of(string path)
    {
        var head = Directory.Exists(path) ? [] : HeadOf(path);
        return All.FirstOrDefault(format => format.Recognizes(path, head))
            ?? throw new ModelFileException(
                $"The file '{path}' is of no known format. Known are {string.Join(", ", All.Select(f => f.Name))}."
            );
    }

    private static byte[] HeadOf(string path)
    {
        var head = new byte[HeadBytes];
        try
        {
            using var file = File.OpenRead(path);
            var count = file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
            return head[..count];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ModelFileException($"The file '{path}' cannot be read: {error.Message}", error);
        }
    }
}
