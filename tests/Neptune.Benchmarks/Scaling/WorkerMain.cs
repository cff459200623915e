using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Neptune.Collectives;
using Neptune.Torch;

namespace Neptune.Benchmarks;

/// <summary>
/// What a child process of <c>scaling</c> does: prints its address, reads its task, and then trains as many steps as each
/// line says, or exchanges vectors of as many bytes as a second number says, until its input ends.
/// </summary>
internal static class WorkerMain
{
    /// <summary>The hidden command.</summary>
    public const string Command = "scaling-worker";

    public static async Task<int> RunAsync(CancellationToken cancellation)
    {
        await using var groups = new CollectiveGroups();
        Say(groups.Listener.Address);
        var task = JsonSerializer.Deserialize<WorkerTask>((await Console.In.ReadLineAsync(cancellation))!)!;
        var workload = Workload.Named(task.Workload);
        if (task.IsPlain)
        {
            await using var plain = new PlainContender();
            await plain.PrepareAsync(workload, cancellation);
            await ServeAsync(
                async (steps, _) =>
                {
                    var start = Stopwatch.GetTimestamp();
                    var loss = await plain.TrainAsync(steps, cancellation);
                    return new(Stopwatch.GetElapsedTime(start).TotalSeconds, loss, "");
                },
                cancellation
            );
            return 0;
        }
        var device = await TorchDevice.StartAsync("cpu:0", cancellation: cancellation);
        using var collective = await JoinAsync(groups, "scaling", task, task.Members, workload.Shards, cancellation);
        using var gate =
            task.Gate.Length > 0 ? await JoinAsync(groups, "gate", task, task.Gate, 1, cancellation) : null;
        var node = await device.RunAsync(() => LinkedNode.OfWhole(device, collective, workload), cancellation);
        node.Gate = gate;
        await ServeAsync(
            (steps, probe) =>
                device.RunAsync(
                    () =>
                        probe > 0
                            ? node.Probe(probe, steps, cancellation)
                            : node.Train(steps, cancellation) with
                            {
                                WeightsSha256 = node.WeightsSha256,
                            },
                    cancellation
                ),
            cancellation
        );
        await device.RunAsync(node.Dispose, CancellationToken.None);
        await device.DisposeAsync();
        return 0;
    }

    private static Task<ICollective> JoinAsync(
        CollectiveGroups groups,
        string name,
        WorkerTask task,
        LinkAddress[] members,
        int shards,
        CancellationToken cancellation
    ) =>
        groups.JoinAsync(
            new()
            {
                Job = name,
                Generation = 1,
                Token = Convert.FromHexString(task.Token),
                Rank = members.Length > 1 ? task.Process : 0,
                Shards = shards * members.Length,
                Members =
                [
                    .. members.Select(
                        (a, rank) => new GroupMember(a, $"process-{rank}", rank * shards, (rank + 1) * shards)
                    ),
                ],
            },
            new() { Link = task.Link },
            cancellation
        );

    private static async Task ServeAsync(Func<int, int, Task<WorkerBlock>> train, CancellationToken cancellation)
    {
        Say("ready");
        while (await Console.In.ReadLineAsync(cancellation) is { Length: > 0 } line)
        {
            var numbers = line.Split(' ').Select(n => int.Parse(n, CultureInfo.InvariantCulture)).ToArray();
            Say(await train(numbers[0], numbers.ElementAtOrDefault(1)));
        }
    }

    private static void Say<T>(T value) => Console.WriteLine(JsonSerializer.Serialize(value));
}
