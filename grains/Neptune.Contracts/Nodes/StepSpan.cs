namespace Neptune.Contracts;

/// <summary>
/// One step of one rank, in microseconds. Sending, receiving and adding begin while the backward pass goes on; their times
/// are not part of <see cref="Compute"/>.
/// </summary>
/// <param name="Step">The step's number.</param>
/// <param name="Start">Since the rank began.</param>
/// <param name="Compute">Reading samples, forward and backward passes.</param>
/// <param name="Send">Giving gradients to the other ranks.</param>
/// <param name="Receive">Taking theirs.</param>
/// <param name="Sum">Adding along the tree.</param>
/// <param name="Wait">Waiting for the other ranks.</param>
/// <param name="Optimizer">The optimizer, and running statistics.</param>
[GenerateSerializer, Immutable, Alias("neptune.step-span")]
public readonly record struct StepSpan(
    [property: Id(0)] long Step,
    [property: Id(1)] double Start,
    [property: Id(2)] double Compute,
    [property: Id(3)] double Send,
    [property: Id(4)] double Receive,
    [property: Id(5)] double Sum,
    [property: Id(6)] double Wait,
    [property: Id(7)] double Optimizer
)
{
    /// <summary>The phases by name, in the order of a step.</summary>
    public IReadOnlyList<(string Name, double Microseconds)> Phases =>
        [
            ("compute", Compute),
            ("send", Send),
            ("receive", Receive),
            ("sum", Sum),
            ("wait", Wait),
            ("optimizer", Optimizer),
        ];

    /// <summary>The whole step.</summary>
    public double Total => Compute + Send + Receive + Sum + Wait + Optimizer;
}
