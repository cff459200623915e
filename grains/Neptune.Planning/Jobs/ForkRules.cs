using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Neptune.Contracts;
using Neptune.ModelGraph;

namespace Neptune.Planning;

/// <summary>
/// What a job may change that starts from a version of another one: the optimizer's numbers, epochs, nodes, names, and
/// what is kept when. All else must be equal: by it the state has its shape, its place in the data and its meaning.
/// </summary>
public static class ForkRules
{
    /// <summary>Checks a spec against that of the job it starts from.</summary>
    /// <param name="from">The version to start from.</param>
    /// <param name="there">The other job's spec.</param>
    /// <param name="thereData">The data set that it is pinned to.</param>
    /// <param name="here">The new job's spec.</param>
    /// <param name="hereData">Its data set.</param>
    /// <exception cref="JobRejectedException">It cannot start there; the message names each difference.</exception>
    public static void Check(JobOrigin from, JobSpec there, DatasetInfo thereData, JobSpec here, DatasetInfo hereData)
    {
        var differences = DataDifferences(there, thereData, here, hereData)
            .Concat(BatchDifferences(there, here))
            .Concat(GraphDifferences(GraphOf(there), GraphOf(here)))
            .ToArray();
        if (differences.Length > 0)
        {
            throw new JobRejectedException(
                $"The job cannot start from job {from.Job}: {string.Join("; ", differences)}. Take what "
                    + $"{from.Job} has, or train anew, without a version to start from. Free are the optimizer's numbers, "
                    + "epochs and nodes."
            );
        }
    }

    /// <summary>
    /// Finds the version to start from, newest first where any will do; but of a job that still trains, those that its ranks
    /// have not checked yet come last.
    /// </summary>
    /// <param name="from">What is asked for.</param>
    /// <param name="there">The other job.</param>
    /// <param name="kept">What it has kept.</param>
    /// <exception cref="NotFoundException">There is no such version; the message names those there are.</exception>
    public static ImmutableArray<CheckpointEntry> Choose(
        JobOrigin from,
        JobSnapshot there,
        ImmutableArray<CheckpointEntry> kept
    )
    {
        // In a period all parts of a state are compared, and the audit after it confirms that.
        var lastChecked = there.HasEnded ? long.MaxValue : there.Step - 2L * there.Spec.CheckEvery;
        // Of one step the one with the epoch closed contains more, and a package need not be copied.
        var chosen = kept.Where(c => from.Step is not { } step || c.Version.Step == step)
            .OrderByDescending(c => c.Version.Step <= lastChecked)
            .ThenByDescending(c => c.Version.Step)
            .ThenByDescending(c => c.Version.Epoch)
            .ThenByDescending(c => c.IsPackage)
            .ThenByDescending(c => c.At)
            .ToImmutableArray();
        return chosen.IsEmpty ? throw Missing(from, kept) : chosen;
    }

    /// <summary>What to say where a version is not there.</summary>
    public static NotFoundException Missing(JobOrigin from, ImmutableArray<CheckpointEntry> kept)
    {
        var what = from.Step is { } step ? $"no version of step {step}" : "no version yet";
        var steps = kept.Select(c => c.Version.Step).Distinct().Order().ToArray();
        return new(
            steps.Length == 0
                ? $"Job {from.Job} has kept {what}, nor any other: its first checkpoint is still to come."
                : $"Job {from.Job} has kept {what}. It has kept those of step {string.Join(", ", steps)}."
        );
    }

    /// <summary>Checks that there is something left to train.</summary>
    /// <exception cref="JobRejectedException">There is not; the message says what to ask for.</exception>
    public static void CheckEnd(JobOrigin from, JobSpec here, DatasetInfo data, long step)
    {
        var total = here.Steps ?? here.StepsPerEpoch(data.Splits[here.Dataset.Split]) * here.Epochs;
        if (step >= total)
        {
            throw new JobRejectedException(
                $"The job cannot start from step {step} of job {from.Job}: its {here.Epochs} epochs end at step {total}. "
                    + "Ask for more epochs, or start from an earlier step."
            );
        }
        if (here.StopAtStep is { } stop && step >= stop)
        {
            throw new JobRejectedException(
                $"The job cannot start from step {step} of job {from.Job}: it is to stop at step {stop}. "
                    + "Start from an earlier step."
            );
        }
    }

    private static IEnumerable<string> DataDifferences(
        JobSpec there,
        DatasetInfo thereData,
        JobSpec here,
        DatasetInfo hereData
    )
    {
        var (old, now) = (
            there.Dataset with
            {
                Version = thereData.Version,
            },
            here.Dataset with
            {
                Version = hereData.Version,
            }
        );
        if (thereData.Sha256 != hereData.Sha256 || old.Split != now.Split)
        {
            yield return $"the data set is {old} there and {now} here";
        }
        if (there.ValidationSplit != here.ValidationSplit)
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"the validation split is {there.ValidationSplit} there and {here.ValidationSplit} here"
            );
        }
        if (there.Shuffle != here.Shuffle)
        {
            yield return $"the samples are {Shuffled(there)} there and {Shuffled(here)} here";
        }
        if (there.Seed != here.Seed)
        {
            yield return $"the seed is {there.Seed} there and {here.Seed} here, and by it samples validate and have "
                + "their order";
        }
    }

    private static IEnumerable<string> BatchDifferences(JobSpec there, JobSpec here)
    {
        if (there.Shards != here.Shards || there.PerDeviceBatchSize != here.PerDeviceBatchSize)
        {
            yield return $"the global batch is {there.Shards} shards of {there.PerDeviceBatchSize} samples there and "
                + $"{here.Shards} of {here.PerDeviceBatchSize} here";
        }
    }

    private static IEnumerable<string> GraphDifferences(TrainingGraph there, TrainingGraph here)
    {
        if (GraphDifference(there.Graph, here.Graph with { Name = there.Graph.Name }) is { } graph)
        {
            yield return graph;
        }
        if (there.Loss != here.Loss)
        {
            yield return $"the loss is {there.Loss} there and {here.Loss} here";
        }
        if (StateOf(there.Optimizer) is var old && StateOf(here.Optimizer) is var now && old != now)
        {
            yield return $"the optimizer is {old} there and {now} here, whose state is another";
        }
    }

    private static string? GraphDifference(Graph there, Graph here)
    {
        if (GraphJson.Write(there).AsSpan().SequenceEqual(GraphJson.Write(here)))
        {
            return null;
        }
        foreach (var (old, now) in there.Parameters.Zip(here.Parameters))
        {
            if (old.Name != now.Name || !old.Shape.Equals(now.Shape))
            {
                return $"the model's parameter {old.Name} is {old.Shape} there, in whose place is {now.Name} "
                    + $"{now.Shape} here";
            }
        }
        if (there.Parameters.Length != here.Parameters.Length)
        {
            return $"the model has {there.Parameters.Length} parameters there and {here.Parameters.Length} here";
        }
        foreach (var (old, now) in there.Operations.Zip(here.Operations))
        {
            if (old.Name != now.Name || old.Type != now.Type)
            {
                return $"the model's operation {old.Name} ({old.Type}) there is {now.Name} ({now.Type}) here";
            }
        }
        var changed = there
            .Operations.Zip(here.Operations)
            .FirstOrDefault(pair => !Same(pair.First, pair.Second))
            .First;
        return there.Operations.Length != here.Operations.Length
                ? $"the model has {there.Operations.Length} operations there and {here.Operations.Length} here"
            : changed is not null ? $"the model's operation {changed.Name} ({changed.Type}) has other settings here"
            : "the model's inputs, outputs or first values are others here";
    }

    private static bool Same(Operation old, Operation now) =>
        old.Inputs.SequenceEqual(now.Inputs)
        && old.Outputs.SequenceEqual(now.Outputs)
        && old.Attributes.Select(a => $"{a}").SequenceEqual(now.Attributes.Select(a => $"{a}"));

    // What an optimizer keeps from step to step follows from this.
    private static string StateOf(Optimizer optimizer) =>
        optimizer switch
        {
            Optimizer.Sgd { Momentum: 0 } => "sgd without momentum",
            Optimizer.Sgd { RateInVelocity: true } => "sgd with the rate in its velocity",
            Optimizer.Sgd => "sgd with momentum",
            Optimizer.Adam => "adam",
            Optimizer.AdamW => "adamw",
            Optimizer.AdaMax => "adamax",
            Optimizer.RmsProp { Momentum: 0 } => "rmsprop without momentum",
            Optimizer.RmsProp => "rmsprop with momentum",
            Optimizer.AdaGrad => "adagrad",
            Optimizer.AdaDelta => "adadelta",
            _ => throw new System.Diagnostics.UnreachableException($"Optimizer {optimizer} has no name."),
        };

    private static string Shuffled(JobSpec spec) => spec.Shuffle ? "shuffled" : "in order";

    private static TrainingGraph GraphOf(JobSpec spec) =>
        GraphJson.ReadTraining(Encoding.UTF8.GetBytes(spec.TrainingGraphJson));
}
