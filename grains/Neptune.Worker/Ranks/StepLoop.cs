using Neptune.Collectives;
using Neptune.Contracts;
using Neptune.Data;
using Neptune.ModelGraph;
using Neptune.Torch;

namespace Neptune.Worker;

/// <summary>
/// A rank's training: batch → shard gradients → all-reduce → optimizer, step by step in lockstep with the other ranks.
/// Runs on the device's thread from beginning to end.
/// </summary>
internal sealed class StepLoop : IDisposable
{
    private readonly TrainingRun _run;
    private readonly Replica _replica;
    private readonly ICollective _collective;
    private readonly RankProgress _progress;
    private readonly StepClock _clock;
    private readonly ShardAccumulator<ExchangeBuffer> _accumulator;
    private readonly ValidationPass? _validation;
    private readonly SampleBatches _batches;
    private readonly GlobalBatches _cut;
    private readonly ShardRange _range;
    private readonly long[] _samples;
    private readonly Func<bool> _stopRequested;
    private readonly Action<int, int> _publish;

    // So many steps ahead of their use, samples begin to be brought.
    private const int StepsAhead = 16;

    public StepLoop(
        TrainingRun run,
        TorchDevice device,
        ICollective collective,
        RankProgress progress,
        StepClock clock,
        Func<bool> stopRequested
    )
    {
        _run = run;
        _collective = collective;
        _progress = progress;
        _clock = clock;
        _stopRequested = stopRequested;
        _publish = Publish;
        _range = run.Assignment.Placement.Range;
        _cut = run.Batches;
        _replica = new(device, run.Graph, run.Spec.Seed, run.From?.Weights, run.From?.OptimizerState);
        _accumulator = new(_replica.NewExchangeBuffer, buffer => buffer.Memory);
        var classes = run.Graph.Loss is Loss.CategoricalCrossentropy ? run.Training.Labels.Count : 0;
        _batches = new(run.Training, run.Spec.PerDeviceBatchSize, classes);
        _samples = new long[run.Spec.PerDeviceBatchSize];
        _validation = run.Validation is { } samples
            ? new(samples, run.Spec, _range, _replica, collective, classes)
            : null;
        Position = run.From?.Position ?? new(0, 0, 0);
    }

    /// <summary>The trained model.</summary>
    public Replica Replica => _replica;

    /// <summary>How far training got.</summary>
    public TrainingPosition Position { get; private set; }

    /// <summary>Trains to the end of the last epoch.</summary>
    /// <param name="epochEnded">Called after each epoch, with its numbers.</param>
    /// <param name="cancellation">Ends the rank, and its group, at once.</param>
    /// <returns>True at the end; false where all ranks stopped earlier, at the same step, because one was asked to.</returns>
    public bool Run(Action<EpochReport> epochEnded, CancellationToken cancellation)
    {
        while (Position.Epoch < _run.Spec.Epochs)
        {
            var order = EpochOrder.Permutation(
                unchecked((long)_run.Spec.Seed),
                Position.Epoch,
                (int)_run.Training.Count,
                _run.Spec.Shuffle
            );
            for (var ahead = 0; ahead < StepsAhead; ahead++)
            {
                Prefetch(order, Position.StepInEpoch + ahead);
            }
            var goesOn = true;
            while (goesOn && Position.StepInEpoch < _cut.StepsPerEpoch)
            {
                goesOn = Step(order, cancellation);
            }
            if (Position.StepInEpoch == _cut.StepsPerEpoch)
            {
                epochEnded(EndEpoch(cancellation));
            }
            if (!goesOn)
            {
                return false;
            }
        }
        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _validation?.Dispose();
        _accumulator.Dispose();
        _replica.Dispose();
    }

    private bool Step(long[] order, CancellationToken cancellation)
    {
        _clock.Start(_collective.Times);
        var here = ComputeShards(order, out var failure);
        _clock.Computed(_collective.Times);
        var partials = _accumulator.Finish();
        var reduced = _accumulator.Result();
        if (_range.Count == 0)
        {
            _collective.Begin(_run.Spec.Shards, partials, reduced.Memory);
            _collective.Publish(0, _replica.ExchangeLength);
        }
        _collective.Complete(cancellation);
        _clock.Exchanged(_collective.Times);
        if (reduced.Control[ControlSlots.NonFinite] > 0)
        {
            throw failure
                ?? new NonFiniteLossException($"Step {Position.Step}: the loss is not finite on another node.", true);
        }
        var outcome = _replica.Apply(reduced.Memory);
        if (outcome.NonFiniteParameter is { } parameter)
        {
            throw new NonFiniteLossException(
                $"Step {Position.Step}, shards [0,{_run.Spec.Shards}): the gradient of parameter {parameter} is not finite "
                    + $"while the loss still is. {Remedy}",
                false
            );
        }
        var step = Position.Step + 1;
        Position = new(step, Position.Epoch, Position.StepInEpoch + 1);
        _clock.End(step);
        _progress.Advance(step, here, outcome.LossSum, outcome.Count, outcome.Correct);
        return !(reduced.Control[ControlSlots.Stop] > 0 && step < _run.TotalSteps);
    }

    // While the backward pass of the last shard goes on, what is final of the partial sums is on its way.
    private void Publish(int start, int end)
    {
        _accumulator.CompletePart(start, end);
        _collective.Publish(start, end);
    }

    private void Prefetch(long[] order, int stepInEpoch)
    {
        if (_batches.AreHere || stepInEpoch >= _cut.StepsPerEpoch)
        {
            return;
        }
        for (var shard = _range.Low; shard < _range.High; shard++)
        {
            var (start, count) = _cut.Places(stepInEpoch, shard);
            _batches.Prefetch(order.AsSpan((int)start, count));
        }
    }

    private long ComputeShards(long[] order, out NonFiniteLossException? failure)
    {
        failure = null;
        var samples = 0L;
        Prefetch(order, Position.StepInEpoch + StepsAhead);
        _accumulator.Start(_run.Spec.Shards, _range.Low, _range.High);
        for (var shard = _range.Low; shard < _range.High; shard++)
        {
            var (start, count) = _cut.Places(Position.StepInEpoch, shard);
            var numbers = _samples.AsSpan(0, count);
            order.AsSpan((int)start, count).CopyTo(numbers);
            var buffer = _accumulator.Next();
            var key = new ShardKey(_run.Spec.Seed, Position.Epoch, Position.Step, shard);
            var isLast = shard == _range.High - 1;
            if (isLast)
            {
                _collective.Begin(_run.Spec.Shards, _accumulator.Upcoming(), _accumulator.Result().Memory);
            }
            var outcome = _replica.ForwardBackward(_batches.Read(numbers), key, buffer, isLast ? _publish : null);
            if (!double.IsFinite(outcome.LossSum))
            {
                buffer.Control[ControlSlots.NonFinite] = 1;
                failure ??= new(
                    $"Step {Position.Step}, shard {shard}: the loss is {outcome.LossSum}; the first parameter that is not "
                        + $"finite there is {outcome.NonFiniteParameter ?? "none"}. {Remedy}",
                    false
                );
            }
            if (shard == _range.Low && _stopRequested())
            {
                buffer.Control[ControlSlots.Stop] = 1;
            }
            if (isLast)
            {
                Publish(_replica.GradientLength, _replica.ExchangeLength); // the control numbers are set
            }
            _accumulator.Complete();
            samples += count;
        }
        return samples;
    }

    private EpochReport EndEpoch(CancellationToken cancellation)
    {
        var (loss, accuracy) = _progress.Epoch;
        var validation = _validation?.Run(cancellation);
        Position = new(Position.Step, Position.Epoch + 1, 0);
        var report = new EpochReport
        {
            Epoch = Position.Epoch,
            Loss = loss,
            Accuracy = accuracy,
            ValidationLoss = validation?.Loss,
            ValidationAccuracy = accuracy is null ? null : validation?.Accuracy,
        };
        _progress.EndEpoch(report);
        return report;
    }

    private const string Remedy = "Try a smaller learning rate, or look for values in the data that are far out.";
}
