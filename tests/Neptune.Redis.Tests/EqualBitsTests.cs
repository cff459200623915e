using Microsoft.Extensions.Logging;
using Neptune.Client;
using Neptune.Hosting;

namespace Neptune.Redis.Tests;

/// <summary>The promise, over processes: what a job makes does not depend on how many take part.</summary>
public sealed class EqualBitsTests : IAsyncLifetime
{
    private readonly RunningCluster _cluster = new(Enumerable.Range(0, 8).Select(n => $"silo-{n}"));
    private readonly string _folder = Directory.CreateTempSubdirectory("neptune-bits-").FullName;
    private NeptuneClient? _embedded;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await _cluster.InitializeAsync();
        _embedded = await LocalCluster.StartAsync(
            new()
            {
                DataDirectory = _folder,
                Nodes = 16,
                Logging = logging => logging.SetMinimumLevel(LogLevel.None),
            }
        );
    }

    public async ValueTask DisposeAsync()
    {
        await (_embedded?.DisposeAsync() ?? ValueTask.CompletedTask);
        await _cluster.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Given_any_number_of_processes_when_models_train_then_weights_state_and_metrics_are_those_of_one()
    {
        // Shards of 16 of the 1,350 samples: with 13, 8, 5 and 3 the last batch is short, and some of its shards empty.
        (string, int)[] jobs = [("mlp", 1), ("mlp", 8), ("cnn", 5), ("cnn", 13), ("residual", 3), ("residual", 13)];
        foreach (var (model, shards) in jobs)
        {
            var expected = await TrainedModels.TrainAsync(_embedded!, model, shards, 1, Token);
            Assert.Equal(expected, await TrainedModels.TrainAsync(_embedded!, model, shards, 16, Token));
            foreach (var nodes in (int[])[1, 2, 3, 5, 8])
            {
                var found = await TrainedModels.TrainAsync(_cluster.Client, model, shards, nodes, Token);
                Assert.True(
                    expected == found,
                    $"{model} of {shards} shards on {nodes} processes:\n{found}\nnot\n{expected}"
                );
            }
        }
    }
}
