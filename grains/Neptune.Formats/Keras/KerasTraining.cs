using System.Collections.Immutable;
using System.Text.Json;
using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>
/// How a file wants its model to be trained. Where a part of it is not known here, all of it is left out, and a note says why:
/// a model that is trained otherwise than its file says would be another.
/// </summary>
/// <param name="file">The file.</param>
internal sealed class KerasTraining(KerasFile file)
{
    private readonly SortedSet<string> _differences = new(StringComparer.Ordinal);
    private readonly List<string> _unmeasured = [];
    private readonly ImmutableSortedDictionary<string, ParameterUpdate>.Builder _updates =
        ImmutableSortedDictionary.CreateBuilder<string, ParameterUpdate>(StringComparer.Ordinal);

    /// <summary>What a user should know.</summary>
    public IEnumerable<string> Notes
    {
        get
        {
            if (_differences.Count > 0)
            {
                yield return $"The file's training settings are left out, because training here would differ: "
                    + $"{string.Join("; ", _differences)}.";
            }
            if (_unmeasured.Count > 0)
            {
                yield return $"Metrics that are not measured here: {string.Join(", ", _unmeasured)}.";
            }
        }
    }

    /// <summary>Says where training here would differ from Keras's.</summary>
    public void Differs(string what) => _differences.Add(what);

    /// <summary>Notes how a parameter is trained.</summary>
    public void Add(KerasUsedVariable variable)
    {
        if (!variable.IsTrained)
        {
            return;
        }
        try
        {
            if (KerasRegularizers.Of(variable) is { } update)
            {
                _updates[variable.Parameter] = update;
            }
        }
        catch (KerasRefusedException refusal)
        {
            Differs($"layer {variable.Path} {refusal.Message}");
        }
    }

    /// <summary>What the file says; null where it says nothing, or says what is not known.</summary>
    public ImportedTraining? Read()
    {
        var training = new ImportedTraining { Updates = _updates.ToImmutable() };
        if (file.Training is { ValueKind: JsonValueKind.Object } settings && settings.EnumerateObject().Any())
        {
            try
            {
                training = Read(new(settings, $"{file.Name}, training"), training);
            }
            catch (Exception problem) when (problem is KerasRefusedException or ModelFileException)
            {
                Differs(problem.Message.TrimEnd('.'));
            }
        }
        var saysNothing =
            training is { Loss: null, Optimizer: null, Metrics.IsEmpty: true } && training.Updates.IsEmpty;
        return _differences.Count > 0 || saysNothing ? null : training;
    }

    private ImportedTraining Read(KerasConfig config, ImportedTraining training)
    {
        var optimizer = config.Find("optimizer", "optimizer_config");
        var loss = Single(config.Find("loss"));
        if (
            config.Find("loss_weights") is { } weights
            && weights.GetRawText() is not ("[1.0]" or "[1]" or "1.0" or "{}" or "[]")
        )
        {
            throw new KerasRefusedException($"loss_weights {KerasConfig.Show(weights)} are not known");
        }
        var known = loss is null ? null : KerasLosses.Of(loss.Value);
        var (metrics, others) = KerasMetrics.Of(
            [.. Listed(config, "metrics"), .. Listed(config, "weighted_metrics")],
            known
        );
        _unmeasured.AddRange(others);
        return training with
        {
            Optimizer = optimizer is null ? null : KerasOptimizers.Of(file, optimizer.Value),
            Loss = known,
            Metrics = metrics,
        };
    }

    private static IEnumerable<JsonElement> Listed(KerasConfig config, string name) =>
        config.Find(name) is { } list ? [list] : [];

    // A list or a table with one loss for one output.
    private static JsonElement? Single(JsonElement? loss)
    {
        if (loss is { ValueKind: JsonValueKind.Array } list)
        {
            return list.GetArrayLength() == 1
                ? list[0]
                : throw new KerasRefusedException("several losses are not known");
        }
        if (loss is { ValueKind: JsonValueKind.Object } table && KerasTopology.TextOf(table, "class_name") is null)
        {
            var all = table.EnumerateObject().ToArray();
            return all.Length == 1 ? all[0].Value : throw new KerasRefusedException("several losses are not known");
        }
        return loss;
    }
}
