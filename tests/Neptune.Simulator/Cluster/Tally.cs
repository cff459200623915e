namespace Neptune.Simulator;

/// <summary>How often what happened.</summary>
internal sealed record Tally
{
    public long Events { get; set; }

    public long Generations { get; set; }

    public long Crashes { get; set; }

    public long Stalls { get; set; }

    public long Partitions { get; set; }

    public long CoordinatorDeaths { get; set; }

    public long StoreOutages { get; set; }

    public long Steps { get; set; }

    public long RefusedFrames { get; set; }

    /// <summary>How often a rank has gone over to a generation that was prepared.</summary>
    public long Switches { get; set; }

    public long Succeeded { get; set; }

    /// <summary>The sums of both.</summary>
    public static Tally operator +(Tally left, Tally right) =>
        new()
        {
            Events = left.Events + right.Events,
            Generations = left.Generations + right.Generations,
            Crashes = left.Crashes + right.Crashes,
            Stalls = left.Stalls + right.Stalls,
            Partitions = left.Partitions + right.Partitions,
            CoordinatorDeaths = left.CoordinatorDeaths + right.CoordinatorDeaths,
            StoreOutages = left.StoreOutages + right.StoreOutages,
            Steps = left.Steps + right.Steps,
            RefusedFrames = left.RefusedFrames + right.RefusedFrames,
            Switches = left.Switches + right.Switches,
            Succeeded = left.Succeeded + right.Succeeded,
        };
}
