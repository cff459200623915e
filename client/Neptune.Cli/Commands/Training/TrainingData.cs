using Neptune.Client;
using Neptune.Contracts;
using Neptune.ModelGraph;

namespace Neptune.Cli.Commands;

/// <summary>What <c>--data</c> names: a data set, or a folder of pictures that becomes one.</summary>
internal static class TrainingData
{
    /// <summary>True where the text is the path of a folder.</summary>
    public static bool IsFolder(string text) =>
        text.AsSpan().ContainsAny('/', Path.DirectorySeparatorChar) && Directory.Exists(text);

    /// <summary>The data set of that name.</summary>
    public static Task<DatasetView> GetAsync(NeptuneClient neptune, string text) =>
        neptune.Data.GetAsync(DatasetRef.Parse(text).ToString());

    /// <summary>Imports a folder of pictures at the size that a model takes.</summary>
    public static Task<DatasetView> ImportAsync(
        NeptuneClient neptune,
        string folder,
        Graph model,
        CancellationToken cancellation
    )
    {
        if (model.Inputs is not [{ Shape: { Rank: 4, IsKnown: true } shape }])
        {
            throw new UsageException(
                $"'{folder}' is a folder of pictures, and the model takes {string.Join(", ", model.Inputs)}. "
                    + "Give the name of a data set."
            );
        }
        var lengths = shape.WithoutFirst();
        var (height, width, channels) = ImageLayout.IsChannelsFirst(model)
            ? (lengths[1], lengths[2], lengths[0])
            : (lengths[0], lengths[1], lengths[2]);
        if (!height.IsFixed || !width.IsFixed || !channels.IsFixed)
        {
            throw new UsageException(
                $"The model takes pictures of any size ({lengths}). Import the folder first, with the size it is to have: "
                    + $"neptune data import {Session.Quoted(folder)} --size 64x64"
            );
        }
        return neptune.Data.ImageFolderAsync(
            folder,
            (int)height.Length,
            (int)width.Length,
            (int)channels.Length,
            cancellation: cancellation
        );
    }
}
