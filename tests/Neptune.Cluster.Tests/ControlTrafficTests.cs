using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Neptune.Client;
using Neptune.Contracts;
using Neptune.ModelGraph;
using static Neptune.ModelGraph.Activation;
using static Neptune.ModelGraph.Layers;

namespace Neptune.Cluster.Tests;

/// <summary>Grain calls of a running job: they depend neither on its steps nor, at the JobGrain, on its nodes.</summary>
[Collection(nameof(AloneCollection))]
public sealed class ControlTrafficTests
{
    private const int MostCallsPerNode = 10; // a second
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(4);

    [Theory]
    [InlineData(8)]
    [InlineData(256)]
    public async Task Given_many_nodes_when_a_job_trains_then_each_causes_few_calls_and_the_job_hears_of_all_in_one(
        int nodes
    )
    {
        await using var cluster = new TemporaryCluster();
        await using var neptune = await cluster.StartAsync(nodes);
        var digits = await neptune.Data.DigitsAsync();
        using var calls = new CallCounter();
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var training = new TaskCompletionSource<JobSnapshot>(TaskCreationOptions.RunContinuationsAsynchronously);
        var job = neptune.FitAsync(
            Sequential.Of(Flatten(), Dense(10, Softmax)).Compile(Adam(), SparseCategoricalCrossentropy(), [Accuracy()]),
            digits,
            epochs: 100_000,
            perDeviceBatchSize: 4,
            shards: 256,
            nodes: nodes,
            progress: new Observer(snapshot =>
            {
                if (snapshot.Step > 20)
                {
                    training.TrySetResult(snapshot);
                }
            }),
            cancellation: enough.Token
        );
        var begun = await training.Task.WaitAsync(TimeSpan.FromMinutes(2), enough.Token);
        Assert.Equal(nodes, begun.Ranks.Length);

        var before = calls.Snapshot();
        var clock = Stopwatch.StartNew();
        await Task.Delay(Window, enough.Token); // the window that is measured
        var after = calls.Snapshot();
        var seconds = clock.Elapsed.TotalSeconds;
        await enough.CancelAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => job);

        double Rate(string grain) => (after.GetValueOrDefault(grain) - before.GetValueOrDefault(grain)) / seconds;
        var toTree = Rate(nameof(IShardGrain)) + Rate(nameof(INodeGrain));
        TestContext.Current.SendDiagnosticMessage(
            "{0} nodes: {1:F1} calls/s a node, {2:F1} reports/s to the JobGrain",
            nodes,
            toTree / nodes,
            Rate($"{nameof(IJobGrain)}.{nameof(IJobGrain.ReportAsync)}")
        );
        Assert.InRange(toTree / nodes, 0.01, MostCallsPerNode);
        Assert.InRange(Rate($"{nameof(IJobGrain)}.{nameof(IJobGrain.ReportAsync)}"), 0.01, MostCallsPerNode);
    }

    private sealed class Observer(Action<JobSnapshot> report) : IProgress<JobSnapshot>
    {
        public void Report(JobSnapshot value) => report(value);
    }

    /// <summary>Listens to the counter that silos keep.</summary>
    private sealed class CallCounter : IDisposable
    {
        private readonly ConcurrentDictionary<string, long> _calls = new(StringComparer.Ordinal);
        private readonly MeterListener _listener = new();

        public CallCounter()
        {
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Name == "neptune.grain.calls")
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            };
            _listener.SetMeasurementEventCallback<long>(
                (_, count, tags, _) =>
                {
                    var grain = $"{tags[0].Value}".Split('.')[^1];
                    _calls.AddOrUpdate(grain, count, (_, known) => known + count);
                    _calls.AddOrUpdate($"{grain}.{tags[1].Value}", count, (_, known) => known + count);
                }
            );
            _listener.Start();
        }

        public Dictionary<string, long> Snapshot() => new(_calls, StringComparer.Ordinal);

        public void Dispose() => _listener.Dispose();
    }
}
