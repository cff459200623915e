using Neptune.Client;
using Neptune.Formats;
using Neptune.ModelGraph;

namespace Neptune.Cli.Commands;

/// <summary>Reads a model file of another framework to train it as it says.</summary>
internal static class TrainFile
{
    /// <summary>The file and the data that it is to be trained on.</summary>
    /// <param name="neptune">The cluster.</param>
    /// <param name="path">The file.</param>
    /// <param name="data">A data set's name, or a folder of pictures.</param>
    /// <param name="settings">What is said beside the file.</param>
    /// <param name="cancellation">Gives up.</param>
    public static async Task<(ModelFile File, DatasetView Data)> ReadAsync(
        NeptuneClient neptune,
        string path,
        string data,
        ImportSettings settings,
        CancellationToken cancellation
    )
    {
        if (TrainingData.IsFolder(data))
        {
            var file = await neptune.Models.ReadAsync(path, settings, cancellation);
            return (file, await TrainingData.ImportAsync(neptune, data, file.Model.Graph, cancellation));
        }
        var set = await TrainingData.GetAsync(neptune, data);
        var shaped = settings with { InputShape = settings.InputShape ?? LayoutOf(path, set) };
        return (await neptune.Models.ReadAsync(path, shaped, cancellation), set);
    }

    /// <summary>Says what was read, and how it will be trained.</summary>
    public static void Show(Output output, ModelFile file, FineTuneSettings settings, FitOptions options)
    {
        output.Line($"Model           {file.Name}: {file.Model.Source}");
        var (optimizer, schedule) = (settings.Optimizer, settings.Optimizer.Schedule);
        output.Line(
            $"Optimizer       {optimizer.GetType().Name}, learning rate {optimizer.LearningRate}"
                + (schedule is null ? "" : $" by {schedule}")
        );
        output.Line($"Loss            {settings.Loss?.GetType().Name ?? "what fits data and output"}");
        output.Line($"Global batch    {options.Shards} shards of {options.PerDeviceBatchSize} samples");
        output.Line(
            options.Steps is { } steps ? $"Steps           {Numbers.Count(steps)}" : $"Epochs          {options.Epochs}"
        );
        foreach (var note in file.Model.Notes)
        {
            output.Line($"Note: {note}");
        }
        output.Line();
    }

    // A sample's shape as the file's framework lays it out.
    private static Shape LayoutOf(string path, DatasetView data)
    {
        var lengths = data.Info.FeatureShape;
        return lengths.Length == 3 && ModelFormats.Of(path).TakesChannelsFirst
            ? Shape.Of(lengths[2], lengths[0], lengths[1])
            : Shape.Of([.. lengths]);
    }
}
