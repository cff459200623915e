using System.Collections.Immutable;
using Neptune.Formats;
using Neptune.ModelGraph;

namespace Neptune.Client;

/// <summary>A model file of another framework that was read on this machine: to register, or to train as it says.</summary>
public sealed record ModelFile
{
    private static readonly FitOptions Defaults = new();

    /// <summary>The name that the file suggests.</summary>
    public required string Name { get; init; }

    /// <summary>What the file holds.</summary>
    public required ImportedModel Model { get; init; }

    /// <summary>Where it comes from.</summary>
    public required ModelOrigin Origin { get; init; }

    /// <summary>How the file wants to be trained on that data: its optimizer, loss and scale; defaults where it says nothing.</summary>
    public FineTuneSettings SettingsFor(DatasetView data)
    {
        var settings = new FineTuneSettings { HasClasses = data.Info.Labels.Length > 0 };
        return Model.Training is { } training
            ? settings with
            {
                Optimizer = training.Optimizer ?? settings.Optimizer,
                Loss = training.Loss,
                Metrics = MetricsOf(training),
                Updates = training.Updates,
                InputFactor = (training.InputScale ?? data.Info.Scale) / data.Info.Scale,
            }
            : settings;
    }

    // The accuracy is measured wherever there is one, so that it stands beside others.
    private static ImmutableArray<Metric>? MetricsOf(ImportedTraining training)
    {
        var accuracy = new Metric.Accuracy();
        var others = training.Metrics.Where(metric => metric != accuracy).ToImmutableArray();
        return others.IsEmpty || training.Loss is not { } loss ? null
            : accuracy.Fits(loss) ? [accuracy, .. others]
            : others;
    }

    /// <summary>
    /// Batch and steps as the file wants them. Its batch is cut into the default number of shards, or into fewer where it does
    /// not divide by that.
    /// </summary>
    public FitOptions Options
    {
        get
        {
            var options = Defaults with { Steps = Model.Training?.Steps };
            if (Model.Training?.BatchSize is not { } batch)
            {
                return options;
            }
            var shards = Defaults.Shards;
            while (batch % shards != 0)
            {
                shards--;
            }
            return options with { Shards = shards, PerDeviceBatchSize = batch / shards };
        }
    }
}
