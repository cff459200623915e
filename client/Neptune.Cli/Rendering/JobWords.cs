using System.Collections.Immutable;
using Neptune.Contracts;

namespace Neptune.Cli;

/// <summary>A job's progress in words, and as JSON.</summary>
internal static class JobWords
{
    /// <summary>What is said of a result whose bits mean nothing.</summary>
    public const string NumericsDiffer =
        "not comparable: nodes of unlike numerics worked together (--mixed-numerics), so another cut gives other weights";

    /// <summary>The epoch under way, from 1; the last one at the end.</summary>
    public static int EpochOf(JobSnapshot job) => Math.Min(job.Epochs.Length + 1, job.Spec.Epochs);

    /// <summary>The loss of the epoch under way; where none is, of the last one.</summary>
    public static double? LossOf(JobSnapshot job) =>
        double.IsFinite(job.Loss) ? job.Loss : job.Epochs.LastOrDefault()?.Loss;

    /// <summary>The training accuracy likewise.</summary>
    public static double? AccuracyOf(JobSnapshot job) => job.Accuracy ?? job.Epochs.LastOrDefault()?.Accuracy;

    /// <summary>What a job is for: the rest of a sentence that begins with the job.</summary>
    public static string Task(JobSpec spec)
    {
        var what = spec.Verifies is { } verified
            ? $"trains again what job {verified} has trained"
            : $"trains {spec.Model} on {spec.Dataset}";
        return spec.From is { Step: { } step } from ? $"{what}, from step {step} of job {from.Job}" : what;
    }

    public static string Describe(JobSnapshot job)
    {
        var accuracy = AccuracyOf(job) is { } a ? $"  accuracy {Numbers.Loss(a)}" : "";
        var left = TimeLeft(job) is { } time ? $"  {Numbers.Duration(time)} left" : "";
        return $"epoch {EpochOf(job)}/{job.Spec.Epochs}  loss {Numbers.Loss(LossOf(job))}{accuracy}{Describe(job.Metrics)}"
            + $"  {Numbers.Count(job.SamplesPerSecond)} samples/s{left}";
    }

    public static string Describe(EpochReport epoch, JobSnapshot job)
    {
        var accuracy = epoch.Accuracy is { } a ? $"  accuracy {Numbers.Loss(a)}" : "";
        var validation = epoch.ValidationLoss is { } v ? $"  validation loss {Numbers.Loss(v)}" : "";
        var validated = epoch.ValidationAccuracy is { } va ? $"  validation accuracy {Numbers.Loss(va)}" : "";
        var left = TimeLeft(job) is { } time ? $"  {Numbers.Duration(time)} left" : "";
        return $"epoch {epoch.Epoch}/{job.Spec.Epochs}{StepsOf(epoch)}  loss {Numbers.Loss(epoch.Loss)}{accuracy}{Describe(epoch.Metrics)}{validation}{validated}"
            + string.Concat(
                epoch
                    .Metrics.Where(m => m.Validation is not null)
                    .Select(m => $"  validation {m.Name} {Numbers.Loss(m.Validation)}")
            )
            + $"  {Numbers.Count(job.SamplesPerSecond)} samples/s{left}";
    }

    /// <summary>Metrics besides the accuracy for JSON, by name.</summary>
    public static Dictionary<string, double?> ToJson(
        ImmutableArray<MetricValue> metrics,
        Func<MetricValue, double?> value
    ) => metrics.Where(m => value(m) is not null).ToDictionary(m => m.Name, m => Numbers.Finite(value(m)));

    private static string Describe(ImmutableArray<MetricValue> metrics) =>
        string.Concat(metrics.Select(m => $"  {m.Name} {Numbers.Loss(m.Value)}"));

    /// <summary>What an epoch's numbers cover where that is not all of it, with a space before; else nothing.</summary>
    public static string StepsOf(EpochReport epoch) =>
        epoch.Steps is { } steps ? $" ({Numbers.Count(steps)} step{(steps == 1 ? "" : "s")} of it)" : "";

    /// <summary>The mean step of a rank, and the share of each phase.</summary>
    public static string Describe(StepTimes times)
    {
        var total = times.Total;
        var shares = times.Phases.Select(phase => $"{phase.Name} {phase.Time / total:P0}");
        return $"{total.TotalMilliseconds / times.Steps:0.###} ms a step: {string.Join(", ", shares)}";
    }

    public static object ToJson(JobSnapshot job, string name) =>
        new
        {
            @event = name,
            job = job.Id.Value,
            phase = job.Phase.ToString().ToLowerInvariant(),
            reason = job.Reason,
            from = job.Spec.From?.ToString(),
            verifies = job.Spec.Verifies?.Value,
            model = job.Spec.Model.Value,
            data = job.Spec.Dataset.ToString(),
            nodes = job.Ranks.Length,
            generation = job.Generation,
            generations = job.Generations.Select(g => new
            {
                number = g.Number,
                at = g.At,
                nodes = g.WorldSize,
                fromStep = g.From.Step,
                stepsLost = g.StepsLost,
                pauseSeconds = g.PauseSeconds,
                joined = g.Joined.Select(n => n.Value),
                left = g.Left.Select(d => new { node = d.Node.Value, reason = d.Reason }),
                cause = g.Cause,
            }),
            coordinator = job.Coordinator,
            bitsComparable = !job.NumericsDiffer,
            epoch = job.Epochs.Length,
            epochs = job.Spec.Epochs,
            step = job.Step,
            totalSteps = job.TotalSteps,
            loss = Numbers.Finite(LossOf(job)),
            accuracy = Numbers.Finite(AccuracyOf(job)),
            metrics = ToJson(job.Metrics, m => m.Value),
            samplesPerSecond = Math.Round(job.SamplesPerSecond, 1),
            stepMilliseconds = job.Times.Steps == 0
                ? null
                : job.Times.Phases.ToDictionary(p => p.Name, p => p.Time.TotalMilliseconds / job.Times.Steps),
            weightsSha256 = job.Package?.WeightsSha256,
            optimizerSha256 = job.Package?.OptimizerSha256,
            version = job.Package?.Version,
            package = job.Package?.Path,
            submittedAt = job.SubmittedAt,
            startedAt = job.StartedAt,
            endedAt = job.EndedAt,
        };

    private static TimeSpan? TimeLeft(JobSnapshot job)
    {
        if (job.SamplesPerSecond <= 0 || job.TotalSteps == 0 || job.HasEnded)
        {
            return null;
        }
        var samples = (job.TotalSteps - job.Step) * (double)job.Spec.GlobalBatchSize;
        return TimeSpan.FromSeconds(Math.Min(samples / job.SamplesPerSecond, TimeSpan.FromDays(999).TotalSeconds));
    }
}
