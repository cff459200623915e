using System.Collections.Immutable;
using Neptune.ModelGraph;

namespace Neptune.Torch;

/// <summary>
/// A training graph's metrics besides the accuracy, as one vector of sums over samples: sums of any sets of samples are added
/// element by element, and <see cref="ValuesOf"/> makes numbers for people of them.
/// </summary>
public sealed class MetricSet
{
    private readonly ImmutableArray<(string Name, MetricFunction Function)> _metrics;
    private readonly OutputKind _outputs;
    private readonly int _width;
    private readonly bool _readsAnswers;
    private float[] _answers = [];
    private float[] _targets = [];

    internal MetricSet(TrainingGraph training, LossFunction loss)
    {
        (_outputs, _width) = (loss.Outputs, loss.Width);
        _metrics =
        [
            .. from metric in training.Metrics
            let function = MetricFunction.Of(metric, training.Loss)
            where function is not null
            select (metric.Name, function),
        ];
        _readsAnswers = _metrics.Any(m => m.Function.ReadsAnswers);
        Length = _metrics.Sum(m => m.Function.Length);
    }

    /// <summary>How many sums there are; 0 without metrics.</summary>
    public int Length { get; }

    /// <summary>The metrics by their sums, in the training graph's order.</summary>
    /// <param name="sums">As many as <see cref="Length"/>, or none at all where nothing was measured yet.</param>
    public ImmutableArray<(string Name, double Value)> ValuesOf(ReadOnlySpan<double> sums)
    {
        if (sums.IsEmpty)
        {
            return [];
        }
        var values = ImmutableArray.CreateBuilder<(string, double)>(_metrics.Length);
        foreach (var (name, function) in _metrics)
        {
            values.Add((name, function.ValueOf(sums[..function.Length])));
            sums = sums[function.Length..];
        }
        return values.MoveToImmutable();
    }

    /// <summary>Adds a batch, which the loss has taken, to the sums.</summary>
    internal void Add(ReadOnlySpan<float> outputs_NK, in ShardBatch batch, Span<double> sums)
    {
        if (Length == 0)
        {
            return;
        }
        var judged = new JudgedBatch
        {
            Width = _width,
            Scores_NK = outputs_NK,
            Answers_NK = _readsAnswers ? AnswersOf(outputs_NK) : [],
            Targets_NK = TargetsOf(batch),
            Classes_N = batch.Classes.Span,
        };
        foreach (var (_, function) in _metrics)
        {
            function.Add(judged, sums[..function.Length]);
            sums = sums[function.Length..];
        }
    }

    private ReadOnlySpan<float> AnswersOf(ReadOnlySpan<float> outputs_NK)
    {
        if (_outputs == OutputKind.Values)
        {
            return outputs_NK;
        }
        var answers_NK = Room(ref _answers, outputs_NK.Length);
        outputs_NK.CopyTo(answers_NK);
        if (_outputs == OutputKind.LogitsOfSoftmax)
        {
            SoftmaxMath.SoftmaxRows(answers_NK, _width);
        }
        else
        {
            SigmoidMath.Sigmoid(answers_NK);
        }
        return answers_NK;
    }

    // Classes 0 and 1 are the targets of a single output.
    private ReadOnlySpan<float> TargetsOf(in ShardBatch batch)
    {
        if (!batch.Targets.IsEmpty || _outputs != OutputKind.LogitsOfSigmoid)
        {
            return batch.Targets.Span;
        }
        var classes = batch.Classes.Span;
        var targets_N = Room(ref _targets, classes.Length);
        for (var n = 0; n < classes.Length; n++)
        {
            targets_N[n] = classes[n];
        }
        return targets_N;
    }

    private static Span<float> Room(ref float[] array, int length)
    {
        if (array.Length < length)
        {
            array = new float[length];
        }
        return array.AsSpan(0, length);
    }
}
