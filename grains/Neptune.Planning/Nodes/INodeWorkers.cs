using System.Collections.Immutable;
using Neptune.Contracts;

namespace Neptune.Planning;

/// <summary>The devices of this silo, as the grains use them. The host gives the one that computes.</summary>
public interface INodeWorkers
{
    /// <summary>Ends when the devices have started: before that the silo serves nobody.</summary>
    Task Started { get; }

    /// <summary>The silo's nodes.</summary>
    ImmutableArray<NodeInfo> Nodes { get; }

    /// <summary>Where ranks of other silos reach this one's; null where it has none to offer.</summary>
    LinkEndpoint? Link { get; }

    /// <summary>A rank has been started.</summary>
    event Action<IRankRun>? RankStarted;

    /// <summary>The rank that a node has, or had last; null where it had none yet.</summary>
    IRankRun? RunOf(NodeId node);

    /// <summary>
    /// Begins to run a rank on its node's device, or gives the one that runs for the same attempt its new assignment.
    /// </summary>
    /// <exception cref="ConflictException">The node works for another job.</exception>
    Task StartRankAsync(RankAssignment assignment);

    /// <summary>Ends all ranks at once.</summary>
    Task AbortRanksAsync(string reason);

    /// <summary>
    /// Takes this silo's ranks out of their jobs at a step boundary, and returns when the jobs go on without them.
    /// </summary>
    /// <param name="reason">Why, for the jobs' history.</param>
    /// <param name="cancellation">Gives up: what still runs is then lost as by a failure.</param>
    Task LeaveJobsAsync(string reason, CancellationToken cancellation);

    /// <summary>Finds out what a user's module is to a graph.</summary>
    /// <returns>Its graph as JSON.</returns>
    /// <exception cref="InvalidInputException">It cannot be made, run or trained; the message says what it did.</exception>
    /// <exception cref="MissingModuleException">It is not here.</exception>
    Task<string> DescribeModuleAsync(ModuleRequest request, CancellationToken cancellation);

    /// <summary>Runs samples through a package.</summary>
    Task<EvaluationResult> EvaluateAsync(
        NodeId node,
        EvaluationRequest request,
        DatasetInfo dataset,
        CancellationToken cancellation
    );

    /// <summary>Copies a job's checkpoint into a training package, which stays when the checkpoint goes.</summary>
    /// <returns>The package's artifact.</returns>
    /// <exception cref="InvalidInputException">The checkpoint is missing, torn or altered.</exception>
    Task<string> PackageCheckpointAsync(
        JobSnapshot job,
        DatasetInfo dataset,
        CheckpointEntry checkpoint,
        CancellationToken cancellation
    );

    /// <summary>Runs a package's inference graph once, as it is.</summary>
    /// <exception cref="InvalidInputException">The package is missing or altered, or an input does not fit.</exception>
    Task<ImmutableArray<NamedTensor>> InferAsync(
        NodeId node,
        string artifact,
        ImmutableArray<NamedTensor> inputs,
        CancellationToken cancellation
    );

    /// <summary>Folds a package's inference graph, and stores what answers as before.</summary>
    /// <exception cref="InvalidInputException">
    /// The package is missing or altered, or the answers differ by more than the tolerance.
    /// </exception>
    Task<OptimizationResult> OptimizeAsync(
        NodeId node,
        string artifact,
        double tolerance,
        CancellationToken cancellation
    );

    /// <summary>Loads a package's inference graph on a node's device.</summary>
    /// <exception cref="InvalidInputException">The package is missing or altered.</exception>
    Task<IModelRunner> LoadModelAsync(NodeId node, string artifact, CancellationToken cancellation);
}
