using System.Diagnostics;
using Neptune.Collectives;
using Neptune.Contracts;
using Neptune.Data;
using Neptune.ModelGraph;
using Neptune.Torch;

namespace Neptune.Worker;

/// <summary>
/// A rank's training: batch → shard gradients → all-reduce → optimizer, step by step in lockstep with the other ranks. It
/// lives through changes of membership: each generation runs it with its own collective and range. On the device's thread.
/// </summary>
internal sealed class StepLoop : IDisposable
{
    private readonly TrainingRun _run;
    private readonly Replica _replica;
    private readonly RankProgress _progress;
    private readonly StepClock _clock;
    private readonly ShardAccumulator<ExchangeBuffer> _accumulator;
    private readonly ValidationPass? _validation;
    private readonly SampleBatches _batches;
    private readonly GlobalBatches _cut;
    private readonly long[] _samples;
    private readonly RankOrders _orders;
    private readonly ProgressDeadline _deadline;
    private readonly Action<int, int> _publish;
    private ICollective _collective = null!; // of the generation that runs it
    private ShardRange _range;

    // So many steps ahead of their use, samples begin to be brought.
    private const int StepsAhead = 16;

    public StepLoop(
        TrainingRun run,
        TorchDevice device,
        RankProgress progress,
        StepClock clock,
        ProgressDeadline deadline,
        RankOrders orders
    )
    {
        _run = run;
        _progress = progress;
        _clock = clock;
        _deadline = deadline;
        _orders = orders;
        _publish = Publish;
        _cut = run.Batches;
        _replica = new(device, run.Graph, run.Spec.Seed, run.From?.Weights, run.From?.OptimizerState);
        _accumulator = new(_replica.NewExchangeBuffer, buffer => buffer.Memory);
        var classes = run.Graph.Loss is Loss.CategoricalCrossentropy ? run.Training.Labels.Count : 0;
        _batches = new(run.Training, run.Spec.PerDeviceBatchSize, classes);
        _samples = new long[run.Spec.PerDeviceBatchSize];
        _validation = run.Validation is { } samples ? new(samples, run.Spec, _replica, classes) : null;
        Position = run.From?.Position ?? new(0, 0, 0);
    }

    /// <summary>The trained model.</summary>
    public Replica Replica => _replica;

    /// <summary>How far training got.</summary>
    public TrainingPosition Position { get; private set; }

    /// <summary>What the replica contains.</summary>
    public TrainingVersion Version => new(Position.Step, Position.Epoch);

    /// <summary>The whole state, to be given to other ranks.</summary>
    public OfferedState State =>
        new(
            new()
            {
                Position = Position,
                OptimizerStep = _replica.OptimizerStep,
                Epochs = _progress.Report.Epochs,
                Sums = _progress.Sums,
            },
            _replica.State
        );

    /// <summary>The replica's vectors have been overwritten with another rank's: goes on where that one is.</summary>
    public void Take(StateFacts facts)
    {
        _replica.TakeState(facts.OptimizerStep);
        Position = facts.Position;
        _progress.Restore(facts.Position.Step, facts.Epochs, facts.Sums);
    }

    /// <summary>Meets the other ranks of a generation, and compares the replicas.</summary>
    /// <exception cref="VersionsDifferException">Some are further than others.</exception>
    /// <exception cref="ReplicasDifferException">They are not equal.</exception>
    public void Meet(ICollective collective, CancellationToken cancellation)
    {
        var all = new float[collective.WorldSize * ReplicaDigest.Length];
        collective.AllGather(ReplicaDigest.Of(_replica, Version), all, cancellation);
        if (!ReplicaDigest.AreOfOneVersion(all))
        {
            throw new VersionsDifferException();
        }
        var odd = _run.Spec.MixedNumerics ? [] : ReplicaDigest.OddOnes(all);
        if (odd is not { Count: 0 })
        {
            throw new ReplicasDifferException(Position.Step, odd);
        }
    }

    /// <summary>Trains in one generation.</summary>
    /// <param name="collective">The generation's group.</param>
    /// <param name="range">The shards to compute in it.</param>
    /// <param name="epochEnded">Called after each epoch, with its numbers.</param>
    /// <param name="stepEnded">Called after each step, and where that ends an epoch, after the epoch.</param>
    /// <param name="cancellation">Ends the rank, and its group, at once.</param>
    /// <exception cref="CollectiveAbortedException">
    /// The generation has ended by a failure. State and position are those after the last committed step: another generation
    /// goes on from there.
    /// </exception>
    public LoopEnd Run(
        ICollective collective,
        ShardRange range,
        Action<EpochReport> epochEnded,
        Action stepEnded,
        CancellationToken cancellation
    )
    {
        (_collective, _range) = (collective, range);
        _progress.Start();
        _collective.StallLimit = _deadline.Limit;
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
            LoopEnd? end = null;
            while (end is null && Position.StepInEpoch < _cut.StepsPerEpoch)
            {
                end = Step(order, cancellation);
                if (Position.StepInEpoch < _cut.StepsPerEpoch)
                {
                    stepEnded();
                }
            }
            if (Position.StepInEpoch == _cut.StepsPerEpoch)
            {
                epochEnded(EndEpoch(cancellation));
                stepEnded(); // now that it is known how good the epoch was
            }
            if (end is { } early)
            {
                return early;
            }
        }
        return LoopEnd.Finished;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _validation?.Dispose();
        _accumulator.Dispose();
        _replica.Dispose();
    }

    private LoopEnd? Step(long[] order, CancellationToken cancellation)
    {
        var began = Stopwatch.GetTimestamp();
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
        if (_deadline.Add(Stopwatch.GetElapsedTime(began).TotalSeconds))
        {
            _collective.StallLimit = _deadline.Limit;
        }
        return step == _run.TotalSteps ? null
            : reduced.Control[ControlSlots.Stop] > 0 || step == _run.Spec.StopAtStep ? LoopEnd.Stopped
            : reduced.Control[ControlSlots.Yield] > 0 ? LoopEnd.Yielded
            : null;
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
            if (shard == _range.Low)
            {
                buffer.Control[ControlSlots.Stop] = _orders.Stop ? 1 : 0;
                buffer.Control[ControlSlots.Yield] = _orders.Yield ? 1 : 0;
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
        _collective.StallLimit = ProgressDeadline.Unlearnt; // a pass over the validation samples is no step
        var validation = _validation?.Run(_collective, _range, cancellation);
        _collective.StallLimit = _deadline.Limit;
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
