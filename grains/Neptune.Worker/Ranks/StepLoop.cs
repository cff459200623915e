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
internal sealed partial class StepLoop : IDisposable
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
    private readonly StepChecks _checks;
    private readonly ShardSpeed _speed = new();
    private readonly NodeFaults _faults;
    private ICollective _collective = null!; // of the generation that runs it
    private ShardRange _range;
    private HashSet<NodeId> _members = [];
    private NonFiniteLossException? _failure; // of the step that is under way
    private NonFiniteLossException? _spoilt; // by a gradient: the weights are no good any more

    // So many steps ahead of their use, samples begin to be brought.
    private const int StepsAhead = 16;

    public StepLoop(
        TrainingRun run,
        TorchDevice device,
        RankProgress progress,
        StepClock clock,
        ProgressDeadline deadline,
        RankOrders orders,
        NodeFaults faults
    )
    {
        _run = run;
        _faults = faults;
        _progress = progress;
        _clock = clock;
        _deadline = deadline;
        _orders = orders;
        _publish = Publish;
        _cut = run.Batches;
        // Weights to begin with come without an optimizer's state.
        var state = run.From is { Position.Step: 0, OptimizerState.IsEmpty: true } ? null : run.From?.OptimizerState;
        _replica = new(device, run.Graph, run.Spec.Seed, run.From?.Weights, state);
        _accumulator = new(_replica.NewExchangeBuffer, buffer => buffer.Memory);
        var classes = run.Graph.Loss is Loss.CategoricalCrossentropy ? run.Training.Labels.Count : 0;
        _batches = new(run.Training, run.Spec.PerDeviceBatchSize, classes);
        _samples = new long[run.Spec.PerDeviceBatchSize];
        _validation = run.Validation is { } samples ? new(samples, run.Spec, _replica, classes) : null;
        Position = run.From?.Position ?? new(0, 0, 0);
        _checks = new(_replica, run.Spec, Version);
    }

    /// <summary>The trained model.</summary>
    public Replica Replica => _replica;

    /// <summary>How far training got.</summary>
    public TrainingPosition Position { get; private set; }

    /// <summary>The place in the data of whoever goes on from there.</summary>
    public TrainingPosition PositionInData => Position.InData(_cut.StepsPerEpoch);

    /// <summary>What the replica contains.</summary>
    public TrainingVersion Version => new(Position.Step, Position.Epoch);

    /// <summary>True where all steps of the epoch are committed, and it is not closed yet: the validation is under way.</summary>
    public bool IsAtEpochEnd => Position.StepInEpoch == _run.StepsOf(Position.Epoch);

    /// <summary>The newest version that is known to be right.</summary>
    public TrainingVersion Verified => _checks.Verified;

    /// <summary>The median seconds for one shard in this generation; 0 while unknown.</summary>
    public double SecondsPerShard => _speed.SecondsPerShard;

    /// <summary>The whole state, to be given to other ranks.</summary>
    public OfferedState State =>
        new(
            new()
            {
                Position = Position,
                OptimizerStep = _replica.OptimizerStep,
                Epochs = _progress.Report.Epochs,
                Sums = _progress.Sums,
                Verified = _checks.Verified,
                Mark = _checks.Mark,
            },
            _replica.State
        );

    /// <summary>The replica's vectors have been overwritten with another rank's: goes on where that one is.</summary>
    public void Take(StateFacts facts)
    {
        _replica.TakeState(facts.OptimizerStep);
        Position = facts.Position;
        _checks.Restore(facts.Verified, facts.Mark);
        _progress.Restore(facts.Position.Step, facts.Epochs, facts.Sums);
    }

    /// <summary>Trains in one generation.</summary>
    /// <param name="collective">The generation's group.</param>
    /// <param name="generation">The generation.</param>
    /// <param name="place">This rank's place in it.</param>
    /// <param name="epochEnded">Called after each epoch, with its numbers.</param>
    /// <param name="stepEnded">Called after each step, and where that ends an epoch, after the epoch.</param>
    /// <param name="cancellation">Ends the rank, and its group, at once.</param>
    /// <exception cref="CollectiveAbortedException">
    /// The generation has ended by a failure. State and position are those after the last committed step: another generation
    /// goes on from there.
    /// </exception>
    public LoopEnd Run(
        ICollective collective,
        Generation generation,
        RankPlacement place,
        Action<EpochReport> epochEnded,
        Action stepEnded,
        CancellationToken cancellation
    )
    {
        (_collective, _range) = (collective, place.Range);
        if (Position.Step == _run.Spec.StopAtStep && Position.Step != _run.From?.Position.Step)
        {
            return LoopEnd.Stopped; // the generation before was left at that step; who resumes from it goes on
        }
        Enter(generation, place);
        _progress.Start(Version);
        _collective.StallLimit = _deadline.Limit;
        while (Position.Epoch < _run.Spec.Epochs)
        {
            var order = OrderOf(Position.Epoch);
            for (var ahead = 0; ahead < StepsAhead; ahead++)
            {
                Prefetch(order, Position.StepInEpoch + ahead);
            }
            LoopEnd? end = null;
            while (end is null && !IsAtEpochEnd)
            {
                end = Step(order, cancellation);
                if (end == LoopEnd.Doubtful)
                {
                    return LoopEnd.Doubtful;
                }
                if (!IsAtEpochEnd)
                {
                    stepEnded();
                }
            }
            if (IsAtEpochEnd)
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
        _checks.Dispose();
        _validation?.Dispose();
        _accumulator.Dispose();
        _replica.Dispose();
    }

    private void Enter(Generation generation, RankPlacement place)
    {
        var members = generation.Ranks.Select(r => r.Node).ToHashSet();
        _speed.Enter(isCutBySpeed: members.SetEquals(_members));
        _members = members;
        _checks.Enter(generation, place.Rank);
    }

    private long[] OrderOf(int epoch) =>
        EpochOrder.Permutation(unchecked((long)_run.Spec.Seed), epoch, (int)_run.Training.Count, _run.Spec.Shuffle);

    private LoopEnd? Step(long[] order, CancellationToken cancellation)
    {
        var began = Stopwatch.GetTimestamp();
        _faults.Start(Position.Step, _replica);
        if (_range.Count > 0 && _checks.Audits(Position.Step))
        {
            _checks.Audit(Position.Step, (shard, into) => Compute(order, shard, into, null));
        }
        _clock.Start(_collective.Times);
        var here = ComputeShards(order);
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
        if (_checks.Read(Version, reduced.Control) != Finding.None)
        {
            return LoopEnd.Doubtful;
        }
        if (reduced.Control[ControlSlots.NonFinite] > 0)
        {
            _failure ??= new($"Step {Position.Step}: the loss is not finite on another node.", true);
            return _checks.AreOn ? LoopEnd.Doubtful : throw _failure;
        }
        var outcome = _replica.Apply(reduced.Memory);
        if (outcome.NonFiniteParameter is { } parameter)
        {
            _spoilt = new(
                $"Step {Position.Step}, shards [0,{_run.Spec.Shards}): the gradient of parameter {parameter} is not finite "
                    + $"while the loss still is. {Remedy}",
                false
            );
            return _checks.AreOn ? LoopEnd.Doubtful : throw _spoilt;
        }
        var step = Position.Step + 1;
        Position = new(step, Position.Epoch, Position.StepInEpoch + 1);
        var stage = (PreparationStage)reduced.Control[ControlSlots.Stage];
        if (stage > _orders.HeardStage)
        {
            _orders.Hear(stage, Version, SecondsPerShard);
        }
        // By the speed that was told to all, before this step's is added.
        if (
            stage == PreparationStage.None
            && _speed.WantsNewCut(
                SpeedOf(reduced.Control),
                _run.Spec.Shards,
                _checks.Ranks.Count,
                _range.Count,
                StepsLeft
            )
        )
        {
            _orders.Yield = true;
        }
        var computed = _clock.End(step);
        _faults.End(step - 1);
        _progress.Advance(step, here, outcome, _replica.MetricSumsOf(reduced.Span));
        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        _speed.Add(computed, _range.Count, seconds);
        if (_deadline.Add(seconds))
        {
            _collective.StallLimit = _deadline.Limit;
        }
        return EndAfter(step, reduced.Control);
    }

    private long StepsLeft => _run.TotalSteps - Position.Step;

    // Shards per second of all ranks; 0 until all have measured.
    private double SpeedOf(ReadOnlySpan<float> control) =>
        control[ControlSlots.Measured] == _checks.Ranks.Count ? control[ControlSlots.Speed] : 0;

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

    private long ComputeShards(long[] order)
    {
        _failure = null;
        var samples = 0L;
        Prefetch(order, Position.StepInEpoch + StepsAhead);
        _accumulator.Start(_run.Spec.Shards, _range.Low, _range.High);
        for (var shard = _range.Low; shard < _range.High; shard++)
        {
            var buffer = _accumulator.Next();
            var isLast = shard == _range.High - 1;
            var isAudited = _checks.IsAudited(Position.Step, shard);
            if (isLast)
            {
                _collective.Begin(_run.Spec.Shards, _accumulator.Upcoming(), _accumulator.Result().Memory);
            }
            // What is audited, or altered, must be whole before the exchange gets hold of it.
            var isHeld = isAudited || _faults.AlterGradients(Position.Step);
            var outcome = Compute(order, shard, buffer, isLast && !isHeld ? _publish : null);
            if (isAudited)
            {
                _checks.Audited(buffer);
            }
            if (!double.IsFinite(outcome.LossSum))
            {
                buffer.Control[ControlSlots.NonFinite] = 1;
                _failure ??= new(
                    $"Step {Position.Step}, shard {shard}: the loss is {outcome.LossSum}; the first parameter that is not "
                        + $"finite there is {outcome.NonFiniteParameter ?? "none"}. {Remedy}",
                    false,
                    shard
                );
            }
            if (isLast)
            {
                SetControl(buffer.Control);
                Publish(isHeld ? 0 : _replica.GradientLength, _replica.ExchangeLength);
            }
            _accumulator.Complete();
            samples += _cut.Places(Position.StepInEpoch, shard).Count;
        }
        return samples;
    }

    private void SetControl(Span<float> control)
    {
        control[ControlSlots.Stop] = _orders.Stop ? 1 : 0;
        control[ControlSlots.Yield] = _orders.Yield ? 1 : 0;
        control[ControlSlots.Stage] = (int)_orders.Stage;
        control[ControlSlots.Ready] = _orders.IsReady ? 1 : 0;
        if (_speed.SecondsPerShard > 0)
        {
            control[ControlSlots.Speed] = (float)(1 / _speed.SecondsPerShard);
            control[ControlSlots.Measured] = 1;
        }
        _checks.Write(Position.Step, control);
    }

    private ShardOutcome Compute(long[] order, int shard, ExchangeBuffer into, Action<int, int>? final)
    {
        var began = Stopwatch.GetTimestamp();
        var outcome = Differentiate(order, shard, into, final);
        _faults.Compute(Position.Step, into.Span[.._replica.GradientLength], began);
        return outcome;
    }

    private ShardOutcome Differentiate(long[] order, int shard, ExchangeBuffer into, Action<int, int>? final)
    {
        var (start, count) = _cut.Places(Position.StepInEpoch, shard);
        var numbers = _samples.AsSpan(0, count);
        order.AsSpan((int)start, count).CopyTo(numbers);
        var key = new ShardKey(_run.Spec.Seed, Position.Epoch, Position.Step, shard);
        return _replica.ForwardBackward(_batches.Read(numbers), key, into, final);
    }

    private EpochReport EndEpoch(CancellationToken cancellation)
    {
        var (steps, (loss, accuracy, metrics)) = (Position.StepInEpoch, _progress.Epoch);
        var validation = _validation?.Run(_collective, _range, _deadline, cancellation);
        Position = new(Position.Step, Position.Epoch + 1, 0);
        var report = new EpochReport
        {
            Epoch = Position.Epoch,
            Loss = loss,
            Accuracy = accuracy,
            ValidationLoss = validation?.Loss,
            ValidationAccuracy = accuracy is null ? null : validation?.Accuracy,
            Steps = steps < _cut.StepsPerEpoch ? steps : null,
            Metrics = validation is null
                ? metrics
                : [.. metrics.Zip(validation.Metrics, (here, held) => here with { Validation = held.Value })],
        };
        _progress.EndEpoch(report);
        return report;
    }

    private const string Remedy = "Try a smaller learning rate, or look for values in the data that are far out.";
}
