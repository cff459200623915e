using System.Diagnostics;
using System.Text.Json;
using Neptune.Collectives;

namespace Neptune.Benchmarks;

/// <summary>What a child process of the command <c>allreduce</c> does: it is one rank, and talks to its parent in lines.</summary>
internal static class AllReduceRank
{
    /// <summary>Prints its address, reads the group and the sizes, and, as rank 0, prints a result for each size.</summary>
    public static async Task<int> RunAsync(CancellationToken cancellation)
    {
        await using var groups = new CollectiveGroups();
        Console.WriteLine(JsonSerializer.Serialize(groups.Listener.Address));
        var task = JsonSerializer.Deserialize<AllReduceTask>((await Console.In.ReadLineAsync(cancellation))!)!;
        var group = new CollectiveGroup
        {
            Job = "benchmark",
            Generation = 1,
            Token = Convert.FromHexString(task.Token),
            Rank = task.Rank,
            Shards = task.Addresses.Length,
            Members = [.. task.Addresses.Select((a, rank) => new GroupMember(a, $"process-{rank}", rank, rank + 1))],
        };
        var options = new GroupOptions
        {
            Link = task.Link,
            Algorithm = task.Algorithm,
            ChunkBytes = task.ChunkBytes,
            Spin = TimeSpan.FromMicroseconds(task.SpinMicroseconds),
        };
        using var collective = await groups.JoinAsync(group, options, cancellation);
        using var raw = RawCopy.Open(groups.Listener.Address, task, cancellation);
        foreach (var bytes in task.Sizes)
        {
            var result = Measure(collective, raw, task, bytes, cancellation);
            if (task.Rank == 0)
                Console.WriteLine(JsonSerializer.Serialize(result));
        }
        return 0;
    }

    private static AllReduceResult Measure(
        ICollective collective,
        RawCopy? raw,
        AllReduceTask task,
        long bytes,
        CancellationToken cancellation
    )
    {
        var values = new float[bytes / sizeof(float)];
        var node = new TreeNode(task.Rank, task.Rank + 1);
        var calls = (int)Math.Clamp(1_000_000 / bytes, 1, 50);
        var blocks = (int)Math.Clamp(task.Budget / (bytes * calls), 5, 200);
        var times = new double[blocks];
        var copies = new double[blocks];
        var cpuTime = 0.0;
        for (var block = -3; block < blocks; block++)
        {
            // Both in turn: what else the machine does meets both alike. Zeros stay zeros, however often they are added.
            Exchange(16);
            var copy = raw?.Measure(values) ?? 0;
            Exchange(16);
            var cpu = Environment.CpuUsage.TotalTime;
            var start = Stopwatch.GetTimestamp();
            for (var call = 0; call < calls; call++)
                Exchange(values.Length);
            if (block < 0)
                continue;
            times[block] = Stopwatch.GetElapsedTime(start).TotalMicroseconds / calls;
            cpuTime += (Environment.CpuUsage.TotalTime - cpu).TotalMicroseconds;
            copies[block] = copy;
        }
        values.AsSpan().Fill(task.Rank + 1);
        Exchange(values.Length);
        var sum = task.Addresses.Length * (task.Addresses.Length + 1) / 2f;
        if (values.AsSpan().ContainsAnyExcept(sum))
            throw new InvalidOperationException($"The all-reduce of {bytes} bytes gave another sum than {sum}.");
        Array.Sort(times);
        Array.Sort(copies);
        return new(
            task.Link,
            task.Addresses.Length,
            bytes,
            times[blocks / 2],
            times[0],
            cpuTime / calls / blocks,
            copies[blocks / 2],
            copies[0]
        );

        void Exchange(int length)
        {
            var vector = values.AsMemory(0, Math.Min(length, values.Length));
            collective.AllReduce(task.Addresses.Length, [new(node, vector)], vector, cancellation);
        }
    }
}
