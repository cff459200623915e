using Neptune.Contracts;
using Spectre.Console;

namespace Neptune.Cli;

/// <summary>Shows a job while it trains: a bar in a terminal, else lines; and JSON events where asked for.</summary>
internal sealed class TrainingView : IProgress<JobSnapshot>
{
    // Lines for a pipe come at most this often for one job, epochs between them are left out.
    private const int MostLines = 20;

    private readonly Output _output;
    private readonly ProgressTask? _bar;
    private int _generation;
    private int _epochs;
    private string _waiting = "";
    private bool _known;

    private TrainingView(Output output, ProgressTask? bar) => (_output, _bar) = (output, bar);

    /// <summary>Runs <paramref name="train"/>, which reports to the view it gets.</summary>
    public static async Task<T> ShowAsync<T>(Output output, Func<IProgress<JobSnapshot>, Task<T>> train)
    {
        if (!output.IsRich)
        {
            return await train(new TrainingView(output, null));
        }
        return await output
            .Words.Progress()
            .AutoClear(true)
            .Columns(
                new ProgressBarColumn { Width = 30 },
                new PercentageColumn(),
                new TaskDescriptionColumn { Alignment = Justify.Left }
            )
            .StartAsync(context =>
            {
                var bar = context.AddTask("waits for nodes", autoStart: true, maxValue: 1);
                return train(new TrainingView(output, bar));
            });
    }

    /// <inheritdoc/>
    public void Report(JobSnapshot value)
    {
        if (!_known)
        {
            _known = true;
            _epochs = value.Epochs.Length;
            _output.Event(JobWords.ToJson(value, "submitted"));
            _output.LineAbove($"Job {value.Id} {JobWords.Task(value.Spec)}.");
        }
        ShowWait(value);
        ShowTree(value);
        ShowEpochs(value);
        if (_bar is not null && value.TotalSteps > 0)
        {
            _bar.MaxValue = value.TotalSteps;
            _bar.Value = value.Step;
            _bar.Description = Markup.Escape(
                value.Phase == JobPhase.Cancelling ? "stops at the next step" : JobWords.Describe(value)
            );
        }
    }

    private void ShowWait(JobSnapshot job)
    {
        if (job.Phase == JobPhase.Queued && job.Reason != _waiting && job.Reason.Length > 0)
        {
            _waiting = job.Reason;
            _output.Event(
                new
                {
                    @event = "waiting",
                    job = job.Id.Value,
                    reason = job.Reason,
                }
            );
            if (_bar is not null)
            {
                _bar.Description = Markup.Escape(job.Reason);
            }
            else if (job.Revision > 1)
            {
                _output.LineAbove($"Job {job.Id}: {job.Reason}");
            }
        }
    }

    private void ShowTree(JobSnapshot job)
    {
        if (
            job.Generation == _generation
            || job.Ranks.IsEmpty
            || job.Phase is not (JobPhase.Starting or JobPhase.Running)
        )
        {
            return;
        }
        _generation = job.Generation;
        _output.Words.Write(ShardTree.Draw(job, _output.IsRich));
        _output.Event(
            new
            {
                @event = "generation",
                job = job.Id.Value,
                generation = job.Generation,
                ranks = job.Ranks.Select(r => new
                {
                    rank = r.Rank,
                    node = r.Node.Value,
                    low = r.Range.Low,
                    high = r.Range.High,
                }),
            }
        );
    }

    private void ShowEpochs(JobSnapshot job)
    {
        var every = Math.Max(1, job.Spec.Epochs / MostLines);
        _epochs = Math.Max(_epochs, EpochsBefore(job));
        foreach (var epoch in job.Epochs.Skip(_epochs))
        {
            if (_bar is null && (epoch.Epoch % every == 0 || epoch.Epoch == job.Spec.Epochs))
            {
                _output.LineAbove(JobWords.Describe(epoch, job));
            }
            _output.Event(
                new
                {
                    @event = "epoch",
                    job = job.Id.Value,
                    epoch = epoch.Epoch,
                    epochs = job.Spec.Epochs,
                    steps = epoch.Steps,
                    loss = Numbers.Finite(epoch.Loss),
                    accuracy = Numbers.Finite(epoch.Accuracy),
                    validationLoss = Numbers.Finite(epoch.ValidationLoss),
                    validationAccuracy = Numbers.Finite(epoch.ValidationAccuracy),
                    metrics = JobWords.ToJson(epoch.Metrics, m => m.Value),
                    validationMetrics = JobWords.ToJson(epoch.Metrics, m => m.Validation),
                    samplesPerSecond = Math.Round(job.SamplesPerSecond, 1),
                }
            );
        }
        _epochs = Math.Max(_epochs, job.Epochs.Length);
    }

    // Those that the job has from the one that it started from.
    private static int EpochsBefore(JobSnapshot job) =>
        job.Spec is { Steps: null, From.Step: { } step } && job.TotalSteps > 0
            ? (int)(step / (job.TotalSteps / job.Spec.Epochs))
            : 0;
}
