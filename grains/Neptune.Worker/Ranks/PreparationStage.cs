namespace Neptune.Worker;

/// <summary>How far a job's next generation is prepared while its own trains; the number travels with each step's sums.</summary>
internal enum PreparationStage
{
    /// <summary>Nothing is wished for.</summary>
    None = 0,

    /// <summary>
    /// A change is wished for: each rank says how fast it is. From now on the job does not end in this generation, for the next
    /// one may be set at any time.
    /// </summary>
    Wished = 1,

    /// <summary>The next generation is set: each rank opens its links.</summary>
    Set = 2,
}
