namespace Neptune.Worker;

/// <summary>A rank's whole state, which stays as it is while it is offered.</summary>
/// <param name="Facts">Beside the vectors.</param>
/// <param name="Vectors">Of the replica, in its order.</param>
internal sealed record OfferedState(StateFacts Facts, IReadOnlyList<Memory<float>> Vectors);
