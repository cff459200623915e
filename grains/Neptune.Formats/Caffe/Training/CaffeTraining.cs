using System.Collections.Immutable;
using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>What a net says of training, of its own and with a solver.</summary>
internal sealed class CaffeTraining(CaffeNet net, CaffeWiring wiring, CaffeLoss loss)
{
    /// <summary>The layer that gives the data.</summary>
    /// <exception cref="ModelFileException">There is none.</exception>
    public CaffeLayer Data =>
        wiring.NeededFor([loss.Output]).Select(step => step.Layer).FirstOrDefault(CaffeLayers.IsData)
        ?? throw new ModelFileException(
            $"{net.File}: the prediction reads no data in the phase TRAIN. Give the net a layer of data, such as Data."
        );

    /// <summary>Samples that the data gives at a time; null where the file does not say.</summary>
    public long? BatchSize
    {
        get
        {
            string[] holders =
            [
                "data_param",
                "image_data_param",
                "hdf5_data_param",
                "memory_data_param",
                "window_data_param",
            ];
            return holders
                    .Where(holder => Data.Message.Type.Find(holder) is not null && Data.Message.Has(holder))
                    .Select(Data.Message.Message)
                    .Where(settings => settings.Has("batch_size"))
                    .Select(settings => (long?)settings.Whole("batch_size"))
                    .FirstOrDefault()
                ?? (
                    Data.Type is "Input" or "DummyData" && CaffeInputs.LengthsOf(Data, 0) is [var first, ..]
                        ? first
                        : null
                );
        }
    }

    /// <summary>The factor of raw features; null for 1.</summary>
    public float? InputScale =>
        Data.Type is not ("Input" or "DummyData") && CaffeTransform.Of(Data).Scale is var scale && scale != 1
            ? scale
            : null;

    /// <summary>What is measured: the accuracies of the loss's prediction, in any phase.</summary>
    public ImmutableArray<Metric> Metrics() =>
        [
            .. Accuracies
                .Where(IsMeasured)
                .Select(layer =>
                    TopOf(layer) is > 1 and var k ? (Metric)new Metric.TopKAccuracy((int)k) : new Metric.Accuracy()
                )
                .Distinct(),
        ];

    /// <summary>What a user should know of the loss, and of what is not measured.</summary>
    public IEnumerable<string> Notes()
    {
        if (loss.Factor != 1)
        {
            yield return $"The loss {loss.Step.Layer.Name} is {loss.Factor} times the {loss.Loss.GetType().Name} that is shown.";
        }
        foreach (var layer in Accuracies.Where(layer => !IsMeasured(layer)))
        {
            yield return $"The accuracy {layer.Name} is not measured: only that of the loss's own prediction is.";
        }
    }

    /// <summary>How parameters are trained unlike the others.</summary>
    /// <param name="parameters">Those of the graph, with what their layers say.</param>
    /// <param name="decay">The weight decay.</param>
    /// <param name="isL1">True where it is of absolute weights.</param>
    public static ImmutableSortedDictionary<string, ParameterUpdate> Updates(
        IReadOnlyDictionary<string, CaffeParam> parameters,
        float decay,
        bool isL1
    )
    {
        var updates = ImmutableSortedDictionary.CreateBuilder<string, ParameterUpdate>(StringComparer.Ordinal);
        foreach (var (name, param) in parameters)
        {
            var weight = decay * (param.Decay ?? 1);
            var update = new ParameterUpdate(param.Rate ?? 1, isL1 ? 0 : weight, isL1 ? weight : 0);
            if (update != new ParameterUpdate())
            {
                updates.Add(name, update);
            }
        }
        return updates.ToImmutable();
    }

    private IEnumerable<CaffeLayer> Accuracies => net.Layers.Where(layer => layer.Type == "Accuracy");

    private static long TopOf(CaffeLayer layer) => layer.Message.Message("accuracy_param").Whole("top_k");

    private bool IsMeasured(CaffeLayer layer)
    {
        var settings = layer.Message.Message("accuracy_param");
        return layer.Bottoms is [var judged, _]
            && judged == wiring.BlobOf(loss.Output)
            && loss.Loss is Loss.SparseCategoricalCrossentropy { IgnoreIndex: var ignored }
            && TopOf(layer) is >= 1 and <= int.MaxValue
            && settings.Whole("axis") is 1 or -1
            && (settings.Has("ignore_label") ? settings.Whole("ignore_label") : null) == ignored;
    }
}
