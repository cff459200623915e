using System.Diagnostics;

namespace Neptune.Simulator;

/// <summary>Plays, and says on one screen what came of it.</summary>
/// <param name="output">Where to.</param>
internal sealed class SimulationReport(TextWriter output)
{
    /// <summary>Plays many seeds.</summary>
    /// <returns>The exit code: 1 where an invariant does not hold.</returns>
    public int Many(ulong first, int count, Mutation mutation)
    {
        var began = Stopwatch.GetTimestamp();
        var results = SeedRuns.Play(first, count, mutation);
        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        var tally = results.Select(r => r.Tally).Aggregate(new Tally(), (sum, t) => sum + t);
        output.WriteLine(
            $"""
            seeds              {results.Count, 12:N0}
            events             {tally.Events, 12:N0}
            generations        {tally.Generations, 12:N0}
            crashes            {tally.Crashes, 12:N0}
            stalls             {tally.Stalls, 12:N0}
            partitions         {tally.Partitions, 12:N0}
            store outages      {tally.StoreOutages, 12:N0}
            coordinator deaths {tally.CoordinatorDeaths, 12:N0}
            refused frames     {tally.RefusedFrames, 12:N0}
            gone over          {tally.Switches, 12:N0}
            committed steps    {tally.Steps, 12:N0}
            jobs succeeded     {tally.Succeeded, 12:N0}
            seconds            {seconds, 12:0.0}
            """
        );
        return results.LastOrDefault(r => r.Violation is not null) is { } violated ? Tell(violated, mutation) : 0;
    }

    /// <summary>Plays one seed.</summary>
    /// <returns>The exit code: 1 where an invariant does not hold.</returns>
    public int One(ulong seed, Mutation mutation, bool traces)
    {
        var result = SeedRun.Play(seed, mutation, traces);
        if (result.Violation is not null)
        {
            return Tell(result, mutation);
        }
        output.WriteLine(
            $"seed {seed}: {result.Tally.Events:N0} events, {result.Tally.Steps:N0} steps, all invariants hold"
        );
        return 0;
    }

    /// <summary>Plays each mutation until it is caught.</summary>
    /// <returns>The exit code: 1 where one is not caught.</returns>
    public int Mutations(ulong first, int count)
    {
        var missed = 0;
        foreach (var mutation in Enum.GetValues<Mutation>().Where(m => m != Mutation.None))
        {
            var last = SeedRuns.Play(first, count, mutation)[^1];
            missed += last.Violation is null ? 1 : 0;
            output.WriteLine(
                last.Violation is null
                    ? $"{mutation, -26} NOT CAUGHT by {count:N0} seeds"
                    : $"{mutation, -26} caught by seed {last.Seed}: {last.Invariant}"
            );
        }
        return missed > 0 ? 1 : 0;
    }

    private int Tell(SeedResult result, Mutation mutation)
    {
        var replay = mutation == Mutation.None ? "" : $" --mutation {mutation}";
        output.WriteLine($"\nseed {result.Seed} violates: {result.Invariant}\n{result.Violation!.Message}\n");
        foreach (var line in result.Latest)
        {
            output.WriteLine(line);
        }
        output.WriteLine(
            $"\nreplay: dotnet run -c Release --project tests/Neptune.Simulator -- --seed {result.Seed} --trace{replay}"
        );
        return 1;
    }
}
