using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Neptune.Collectives;

namespace Neptune.Benchmarks;

/// <summary>Worker processes that train side by side, as one job or each for itself.</summary>
internal sealed class WorkerGroup : IAsyncDisposable
{
    private readonly List<Process> _processes = [];

    private WorkerGroup(string name) => Name = name;

    public string Name { get; }

    public int Count => _processes.Count;

    /// <summary>Neptune's nodes.</summary>
    public static async Task<WorkerGroup> NodesAsync(
        string name,
        Workload workload,
        int count,
        NodesForm form,
        LinkKind link,
        CancellationToken cancellation
    )
    {
        var group = new WorkerGroup(name);
        await group.StartAsync(
            count,
            (rank, all) =>
                Task(workload, rank, form == NodesForm.OneJob ? all : [all[rank]], link) with
                {
                    Gate = form == NodesForm.InLockstep ? all : [],
                },
            cancellation
        );
        return group;
    }

    /// <summary>Plain TorchSharp loops, each for itself.</summary>
    public static async Task<WorkerGroup> PlainAsync(Workload workload, int count, CancellationToken cancellation)
    {
        var group = new WorkerGroup("plain TorchSharp, independent");
        await group.StartAsync(
            count,
            (rank, all) => Task(workload, rank, [all[rank]], LinkKind.Auto) with { IsPlain = true },
            cancellation
        );
        return group;
    }

    /// <summary>Workers of another program that keeps to the same lines, but for the address.</summary>
    public static async Task<WorkerGroup> OfAsync(
        string name,
        IEnumerable<ProcessStartInfo> starts,
        string script,
        CancellationToken cancellation
    )
    {
        var group = new WorkerGroup(name);
        foreach (var start in starts)
        {
            group._processes.Add(Process.Start(start)!);
        }
        foreach (var process in group._processes)
        {
            await process.StandardInput.WriteLineAsync(
                Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(script))
            );
        }
        foreach (var process in group._processes)
        {
            await group.LineAsync(process, cancellation);
        }
        return group;
    }

    /// <summary>Trains so many steps in all of them at once.</summary>
    public Task<IReadOnlyList<WorkerBlock>> TrainAsync(int steps, CancellationToken cancellation) =>
        AskAsync(steps.ToString(CultureInfo.InvariantCulture), cancellation);

    /// <summary>Exchanges vectors of so many bytes in all of them at once.</summary>
    public Task<IReadOnlyList<WorkerBlock>> ProbeAsync(int bytes, int calls, CancellationToken cancellation) =>
        AskAsync(string.Create(CultureInfo.InvariantCulture, $"{calls} {bytes}"), cancellation);

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes)
        {
            process.StandardInput.Close();
        }
        foreach (var process in _processes)
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
            try
            {
                await process.WaitForExitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                process.Kill();
            }
            process.Dispose();
        }
    }

    private async Task<IReadOnlyList<WorkerBlock>> AskAsync(string line, CancellationToken cancellation)
    {
        foreach (var process in _processes)
        {
            await process.StandardInput.WriteLineAsync(line);
        }
        var blocks = new List<WorkerBlock>();
        foreach (var process in _processes)
        {
            blocks.Add(JsonSerializer.Deserialize<WorkerBlock>(await LineAsync(process, cancellation))!);
        }
        return blocks;
    }

    private static WorkerTask Task(Workload workload, int process, LinkAddress[] addresses, LinkKind link) =>
        new(workload.Name, false, process, addresses, [], "", link);

    private async Task StartAsync(
        int count,
        Func<int, LinkAddress[], WorkerTask> taskOf,
        CancellationToken cancellation
    )
    {
        var start = OwnProcess.Start(WorkerMain.Command);
        for (var i = 0; i < count; i++)
        {
            _processes.Add(Process.Start(start)!);
        }
        var addresses = new List<LinkAddress>();
        foreach (var process in _processes)
        {
            addresses.Add(JsonSerializer.Deserialize<LinkAddress>(await LineAsync(process, cancellation))!);
        }
        var token = Convert.ToHexString(RandomNumberGenerator.GetBytes(32));
        for (var rank = 0; rank < count; rank++)
        {
            var task = taskOf(rank, [.. addresses]) with { Token = token };
            await _processes[rank].StandardInput.WriteLineAsync(JsonSerializer.Serialize(task));
        }
        foreach (var process in _processes)
        {
            await LineAsync(process, cancellation);
        }
    }

    private async Task<string> LineAsync(Process process, CancellationToken cancellation) =>
        await process.StandardOutput.ReadLineAsync(cancellation)
        ?? throw new InvalidOperationException($"A process of '{Name}' ended early; its error is printed above.");
}
