using System.Text;
using Neptune.Contracts;
using Neptune.ModelGraph;

namespace Neptune.Planning;

/// <summary>What a job's spec must be to run on its data.</summary>
public static class JobSpecRules
{
    /// <summary>Checks the spec against the data set's version.</summary>
    /// <exception cref="JobRejectedException">The spec cannot run; the message names the field, and what would do.</exception>
    public static void Check(JobSpec spec, DatasetInfo dataset)
    {
        Require(spec.Epochs >= 1, $"epochs is {spec.Epochs}. Train for at least 1.");
        Require(spec.Nodes is >= 1 and <= MaxNodes, NodesMessage(spec.Nodes));
        Require(
            spec.LeastNodes is null || (spec.LeastNodes >= 1 && spec.LeastNodes <= spec.Nodes),
            $"the least number of nodes is {spec.LeastNodes}. Ask for 1 to {spec.Nodes}, as many as it takes."
        );
        Require(spec.CheckEvery >= 0, $"checks come every {spec.CheckEvery} steps. Give at least 1, or 0 for none.");
        Require(spec.StopAtStep is null or >= 1, $"it stops at step {spec.StopAtStep}. Stop at 1 or later.");
        Require(
            spec.CheckpointInterval >= TimeSpan.Zero,
            $"the time between checkpoints is {spec.CheckpointInterval}. Use 0 or more."
        );
        Require(spec.Retention.Last >= 1, $"it keeps the last {spec.Retention.Last} checkpoints. Keep at least 1.");
        Require(
            spec.Retention.Every is null || spec.Retention.Every > TimeSpan.Zero,
            $"it keeps one checkpoint of every {spec.Retention.Every}. Give a time above 0, or none."
        );
        Require(spec.Shards is >= 1 and <= 65536, $"shards is {spec.Shards}. Use 1 to 65536.");
        Require(
            spec.PerDeviceBatchSize is >= 1 and <= 1 << 20,
            $"the per-device batch size is {spec.PerDeviceBatchSize}. Use 1 to {1 << 20}."
        );
        Require(
            spec.ValidationSplit is >= 0 and < 1,
            $"the validation split is {spec.ValidationSplit}. Use at least 0 and less than 1, such as 0.1."
        );
        if (!dataset.Splits.TryGetValue(spec.Dataset.Split, out var samples))
        {
            throw new JobRejectedException(
                $"Data set {dataset.Name} has no split '{spec.Dataset.Split}'. "
                    + NearestNames.Offer(spec.Dataset.Split, dataset.Splits.Keys)
            );
        }
        var training = JobSpec.TrainingSamples(samples, spec.ValidationSplit);
        var batch = (long)spec.Shards * spec.PerDeviceBatchSize; // the product of the largest two exceeds 32 bits
        Require(
            batch <= training,
            $"the global batch of {batch} samples ({spec.Shards} shards of {spec.PerDeviceBatchSize}) is "
                + $"larger than the {training} training samples of {dataset.Name}:{spec.Dataset.Split}. "
                + "Use fewer shards or a smaller per-device batch."
        );
        CheckSteps(spec, spec.StepsPerEpoch(samples));
        CheckGraph(spec, dataset);
    }

    private static void CheckSteps(JobSpec spec, long stepsPerEpoch)
    {
        if (spec.Steps is not { } steps)
        {
            return;
        }
        Require(steps >= 1, $"it trains {steps} steps. Train for at least 1.");
        var epochs = ((steps - 1) / stepsPerEpoch) + 1;
        Require(
            spec.Epochs == epochs,
            $"it trains {steps} steps, which end in epoch {epochs} of {stepsPerEpoch} steps each, and epochs is "
                + $"{spec.Epochs}. Make epochs {epochs}, or leave out steps."
        );
    }

    /// <summary>The most nodes that a job can have.</summary>
    public const int MaxNodes = 1024;

    /// <summary>Checks how many nodes a job is scaled to.</summary>
    /// <exception cref="InvalidInputException">So many are not possible.</exception>
    public static void CheckNodes(int nodes)
    {
        if (nodes is < 1 or > MaxNodes)
        {
            throw new InvalidInputException($"The job cannot be scaled: {NodesMessage(nodes)} To end it, cancel it.");
        }
    }

    private static string NodesMessage(int nodes) => $"nodes is {nodes}. Ask for 1 to {MaxNodes}.";

    private static void CheckGraph(JobSpec spec, DatasetInfo dataset)
    {
        TrainingGraph graph;
        try
        {
            graph = GraphJson.ReadTraining(Encoding.UTF8.GetBytes(spec.TrainingGraphJson));
            TrainingGraphValidation.Check(graph);
        }
        catch (GraphException error)
        {
            throw new JobRejectedException(error.Message, error);
        }
        var wanted = graph.Graph.Inputs[0].Shape.WithoutFirst();
        var given = Shape.Of([.. dataset.FeatureShape]);
        Require(
            wanted == given,
            $"the model's input is {wanted}, and the samples of {dataset.Name} are {given}. "
                + "Make the model's Input fit, or import the data with another size."
        );
        var output = GraphShapes.Infer(graph.Graph)[graph.Graph.Outputs[0].Name].Shape;
        if (graph.Loss.IsOfClasses())
        {
            Require(
                dataset.Labels.Length > 0,
                $"the loss needs classes, and {dataset.Name} has target values. Use mean_squared_error."
            );
            Require(
                output[-1].IsFixed && output[-1].Length == dataset.Labels.Length,
                $"the model's output has {output[-1]} units, and {dataset.Name} has {dataset.Labels.Length} classes. "
                    + $"Give the last layer {dataset.Labels.Length} units."
            );
        }
        else if (graph.Loss.IsOfNumbers())
        {
            Require(
                dataset.Labels.IsEmpty,
                $"the loss needs target values, and {dataset.Name} has classes. Use sparse_categorical_crossentropy."
            );
        }
        else if (!dataset.Labels.IsEmpty)
        {
            Require(
                dataset.Labels.Length == 2 && output.WithoutFirst().ElementCount() == 1,
                $"the loss binary_crossentropy takes 2 classes and a model of one output, and {dataset.Name} has "
                    + $"{dataset.Labels.Length} classes, the model's output {output.WithoutFirst()}. "
                    + "Use sparse_categorical_crossentropy."
            );
        }
    }

    private static void Require(bool holds, string message)
    {
        if (!holds)
        {
            throw new JobRejectedException($"The job cannot run: {message}");
        }
    }
}
