using System.Text;
using Neptune.Contracts;
using Neptune.ModelGraph;

namespace Neptune.Client;

/// <summary>What a fork changes; what is left out it takes from the job it forks.</summary>
public sealed record JobFork
{
    /// <summary>After which step of the other job it begins; null takes the newest version that is kept.</summary>
    public long? Step { get; init; }

    /// <summary>The step size from there on.</summary>
    public float? LearningRate { get; init; }

    /// <summary>All of the optimizer's numbers from there on; its kind must stay.</summary>
    public Optimizer? Optimizer { get; init; }

    /// <summary>Passes over the data, those of the other job counted.</summary>
    public int? Epochs { get; init; }

    /// <summary>How many nodes to use; the bits of the result do not depend on it.</summary>
    public int? Nodes { get; init; }

    /// <summary>The registry's name for the result.</summary>
    public ModelName? Model { get; init; }

    /// <summary>Which checkpoints are kept.</summary>
    public CheckpointRetention? Retention { get; init; }

    /// <inheritdoc cref="JobSpec.CheckpointInterval"/>
    public TimeSpan? CheckpointInterval { get; init; }

    /// <summary>The spec of the fork.</summary>
    internal JobSpec SpecOf(JobSnapshot job)
    {
        var spec = job.Spec;
        return spec with
        {
            TrainingGraphJson = WithOptimizer(spec.TrainingGraphJson),
            Epochs = Epochs ?? spec.Epochs,
            Steps = Epochs is null ? spec.Steps : null,
            Nodes = Nodes ?? spec.Nodes,
            LeastNodes = Nodes is null ? spec.LeastNodes : null,
            Model = Model ?? spec.Model,
            Retention = Retention ?? spec.Retention,
            CheckpointInterval = CheckpointInterval ?? spec.CheckpointInterval,
            From = new() { Job = job.Id, Step = Step },
            ResumeFrom = null,
            StopAtStep = null,
            Verifies = null,
        };
    }

    private string WithOptimizer(string json)
    {
        if (Optimizer is null && LearningRate is null)
        {
            return json;
        }
        var graph = GraphJson.ReadTraining(Encoding.UTF8.GetBytes(json));
        var optimizer = Optimizer ?? graph.Optimizer;
        optimizer = LearningRate is { } rate ? optimizer with { LearningRate = rate } : optimizer;
        return Encoding.UTF8.GetString(GraphJson.Write(graph with { Optimizer = optimizer }));
    }
}
