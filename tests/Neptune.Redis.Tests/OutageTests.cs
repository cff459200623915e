using System.Diagnostics;
using Neptune.Client;
using Neptune.Contracts;
using Neptune.ModelGraph;
using static Neptune.ModelGraph.Activation;
using static Neptune.ModelGraph.Layers;

namespace Neptune.Redis.Tests;

[Collection(nameof(RunningCluster))]
public sealed class OutageTests(RunningCluster cluster)
{
    private static readonly TimeSpan Outage = TimeSpan.FromSeconds(
        int.Parse(Environment.GetEnvironmentVariable("NEPTUNE_TEST_OUTAGE_SECONDS") ?? "7")
    );

    // Some seconds more than the outage, on one core.
    private static readonly int Epochs = 50 * (int)(Outage.TotalSeconds + 2);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Given_a_job_when_redis_is_away_then_it_goes_on_and_calls_say_why_and_all_is_well_after(
        bool frozen
    )
    {
        var name = frozen ? "frozen" : "restarted";
        var progress = new Progress();
        var data = await cluster.Client.Data.DigitsAsync();
        var job = cluster.Client.FitAsync(
            Model(),
            data,
            epochs: Epochs,
            nodes: 1,
            name: name,
            progress: progress,
            cancellation: Token
        );
        await progress.Epochs(5);
        var before = Stopwatch.StartNew();
        if (frozen)
            cluster.Redis.Freeze();
        else
            cluster.Redis.Kill();
        var error = await Assert.ThrowsAsync<StoreUnavailableException>(() =>
            cluster.Client.Models.GetAsync($"none-{name}")
        );
        Assert.StartsWith(
            $"The store (Redis at {cluster.Redis.Address}) does not answer: ",
            error.Message,
            StringComparison.Ordinal
        );
        Assert.EndsWith("Running jobs go on; try again when it is back.", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
        if (Outage - before.Elapsed is { Ticks: > 0 } rest)
        {
            await Task.Delay(rest, Token);
        }
        if (frozen)
            cluster.Redis.Thaw();
        else
            await cluster.Redis.RestartAsync();
        var history = await job.WaitAsync(TimeSpan.FromSeconds(60), Token);
        Assert.Equal(Epochs, history.Job.Epochs.Length);
        Assert.True(cluster.AllRun);
        Assert.Contains(await cluster.Client.Jobs.ListAsync(), j => j.Id == history.Job.Id);
        await Assert.ThrowsAsync<NotFoundException>(() => cluster.Client.Models.GetAsync($"none-{name}"));
    }

    private static Sequential Model() =>
        Sequential
            .Of(Flatten(), Dense(256, Relu), Dense(10, Softmax))
            .Compile(Adam(), SparseCategoricalCrossentropy(), [Accuracy()]);

    private sealed class Progress : IProgress<JobSnapshot>
    {
        private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _wanted = int.MaxValue;

        public Task Epochs(int count)
        {
            Volatile.Write(ref _wanted, count);
            return _reached.Task.WaitAsync(TimeSpan.FromSeconds(60));
        }

        public void Report(JobSnapshot value)
        {
            if (value.Epochs.Length >= Volatile.Read(ref _wanted))
            {
                _reached.TrySetResult();
            }
        }
    }
}
