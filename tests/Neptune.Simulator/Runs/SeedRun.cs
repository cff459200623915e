namespace Neptune.Simulator;

/// <summary>Plays one seed.</summary>
internal static class SeedRun
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan LookPeriod = TimeSpan.FromMilliseconds(500);

    /// <summary>Plays until all jobs have ended, or should have.</summary>
    public static SeedResult Play(ulong seed, Mutation mutation = Mutation.None, bool traces = false)
    {
        var world = new World(seed, mutation, traces);
        try
        {
            new Disturbances(world).Schedule();
            var end = world.Plan.QuietFrom + Patience;
            var look = world.Plan.QuietFrom + TimeSpan.FromSeconds(17);
            while (world.Timeline.Next <= end)
            {
                if (world.Timeline.Next > look)
                {
                    if (world.Checks.Liveness.IsSettled)
                    {
                        break;
                    }
                    look += LookPeriod;
                }
                world.Timeline.RunNext();
            }
            world.Checks.Liveness.Settled();
            return new(seed, TallyOf(world), null, []);
        }
#pragma warning disable CA1031 // a rule that throws what nobody expects is a find like a violated invariant
        catch (Exception error)
        {
            return new(seed, TallyOf(world), error, [.. world.Timeline.Latest]);
        }
#pragma warning restore CA1031
    }

    private static Tally TallyOf(World world) => world.Tally with { Events = world.Timeline.Count };
}
