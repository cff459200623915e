namespace Neptune.Collectives;

/// <summary>How sums travel. The choice changes times, never bits.</summary>
public enum ExchangeAlgorithm
{
    /// <summary>Chosen for each length of vector from what was measured when the group formed.</summary>
    Auto,

    /// <summary>Each rank sends its partial sums to all, and all add: one trip.</summary>
    Direct,

    /// <summary>Each rank adds one slice of the vector and sends the sum to all: two trips, fewer bytes for many ranks.</summary>
    Sliced,
}
