namespace Neptune.Contracts;

/// <summary>Where the time of steps went, summed over steps and ranks.</summary>
[GenerateSerializer, Immutable, Alias("neptune.step-times")]
public sealed record StepTimes
{
    /// <summary>Steps, each counted by every rank.</summary>
    [Id(0)]
    public long Steps { get; init; }

    /// <summary>Reading samples, forward and backward passes.</summary>
    [Id(1)]
    public TimeSpan Compute { get; init; }

    /// <summary>Giving gradients to the other ranks.</summary>
    [Id(2)]
    public TimeSpan Send { get; init; }

    /// <summary>Taking theirs.</summary>
    [Id(3)]
    public TimeSpan Receive { get; init; }

    /// <summary>Adding along the tree.</summary>
    [Id(4)]
    public TimeSpan Sum { get; init; }

    /// <summary>Waiting for the other ranks.</summary>
    [Id(5)]
    public TimeSpan Wait { get; init; }

    /// <summary>The optimizer, and running statistics.</summary>
    [Id(6)]
    public TimeSpan Optimizer { get; init; }

    /// <summary>The phases by name, in the order of a step.</summary>
    public IReadOnlyList<(string Name, TimeSpan Time)> Phases =>
        [
            ("compute", Compute),
            ("send", Send),
            ("receive", Receive),
            ("sum", Sum),
            ("wait", Wait),
            ("optimizer", Optimizer),
        ];

    /// <summary>All of it.</summary>
    public TimeSpan Total => Compute + Send + Receive + Sum + Wait + Optimizer;

    /// <summary>The sums of both.</summary>
    public static StepTimes operator +(StepTimes left, StepTimes right) =>
        new()
        {
            Steps = left.Steps + right.Steps,
            Compute = left.Compute + right.Compute,
            Send = left.Send + right.Send,
            Receive = left.Receive + right.Receive,
            Sum = left.Sum + right.Sum,
            Wait = left.Wait + right.Wait,
            Optimizer = left.Optimizer + right.Optimizer,
        };
}
