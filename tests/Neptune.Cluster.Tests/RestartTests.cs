using Neptune.Client;
using Neptune.Contracts;
using Neptune.Hosting;
using Neptune.Storage;

namespace Neptune.Cluster.Tests;

public sealed class RestartTests
{
    [Fact]
    public async Task Given_a_trained_and_deployed_model_when_the_cluster_restarts_then_all_is_there_and_answers()
    {
        await using var cluster = new TemporaryCluster();
        TrainingHistory history;
        IReadOnlyList<Prediction> before;
        float[] sample = [.. Enumerable.Range(0, 64).Select(i => (float)(i % 17))];
        await using (var neptune = await cluster.StartAsync())
        {
            var digits = await neptune.Data.DigitsAsync();
            history = await neptune.FitAsync(Models.Mlp(), digits, epochs: 2, seed: 1, name: "digits");
            await neptune.DeployAsync(history.Package, "my-model");
            before = await neptune.PredictAsync("my-model", sample);
        }
        await using var restarted = await cluster.StartAsync(nodes: 1);

        var job = Assert.Single(await restarted.Jobs.ListAsync());
        Assert.Equal(JobPhase.Succeeded, job.Phase);
        Assert.Equal(history.Epochs, job.Epochs);
        var version = await restarted.Models.GetAsync("digits");
        Assert.Equal(history.WeightsSha256, version.Package.WeightsSha256);
        Assert.Equal(["latest"], version.Aliases);
        Assert.Equal(history.WeightsSha256, (await restarted.Models.OpenAsync(version.Package)).WeightsSha256);
        var after = await restarted.PredictAsync("my-model", sample);
        Assert.Equal(before[0].Outputs.AsEnumerable(), after[0].Outputs);
        Assert.Equal("digits", Assert.Single(await restarted.Data.ListAsync()));
    }

    [Fact]
    public async Task Given_a_job_that_trains_when_its_cluster_ends_then_it_is_paused_and_resumes_to_the_same_bits()
    {
        const int epochs = 40;
        await using var cluster = new TemporaryCluster();
        JobId job;
        // Paced, so that it is not over before the cluster ends.
        await using (var neptune = await cluster.StartAsync(faults: "pace@0:2=cpu:1"))
        {
            var digits = await neptune.Data.DigitsAsync();
            var spec = Specs.Of(Models.Mlp(), digits, epochs) with { CheckpointInterval = TimeSpan.Zero };
            job = (await neptune.Jobs.SubmitAsync(spec)).Id;
            await foreach (var snapshot in neptune.Jobs.WatchAsync(job))
            {
                if (snapshot.Package is not null)
                {
                    break;
                }
            }
        }
        await using var restarted = await cluster.StartAsync();
        var paused = await restarted.Jobs.GetAsync(job);
        Assert.Equal(JobPhase.Paused, paused.Phase);
        Assert.InRange(paused.Package!.Epoch, 1, epochs - 1);

        await restarted.Jobs.ResumeAsync(job);
        var resumed = await restarted.Jobs.WaitAsync(job);
        var whole = await restarted.FitAsync(Models.Mlp(), await restarted.Data.DigitsAsync(), epochs, seed: 42);

        Assert.Equal(whole.WeightsSha256, resumed.WeightsSha256);
        Assert.Equal(whole.Epochs, resumed.Epochs);
    }

    [Fact]
    public async Task Given_an_open_data_folder_when_another_opens_it_then_it_is_told_who_has_it_and_may_join()
    {
        await using var cluster = new TemporaryCluster();
        await using var neptune = await cluster.StartAsync();
        var error = await Assert.ThrowsAsync<DataFolderInUseException>(() => cluster.StartAsync());
        Assert.Contains(cluster.Folder, error.Message, StringComparison.Ordinal);
        Assert.Contains($"{Environment.ProcessId}", error.Message, StringComparison.Ordinal);

        await using var joined = await LocalCluster.JoinOrStartAsync(new() { DataDirectory = cluster.Folder });
        Assert.Equal(2, (await joined.Nodes.ListAsync()).Length);
    }

    [Fact]
    public async Task Given_a_corrupt_state_file_when_the_cluster_starts_then_it_names_the_file_and_leaves_all_as_it_was()
    {
        await using var cluster = new TemporaryCluster();
        string package;
        await using (var neptune = await cluster.StartAsync())
        {
            var history = await neptune.FitAsync(Models.Mlp(), await neptune.Data.DigitsAsync());
            package = history.Package.Path;
        }
        var state = Path.Combine(cluster.Folder, "state.db");
        var bytes = await File.ReadAllBytesAsync(state);
        bytes.AsSpan(0, Math.Min(bytes.Length, 4096)).Fill(0xAA);
        await File.WriteAllBytesAsync(state, bytes);

        var error = await Assert.ThrowsAsync<StorageException>(() => cluster.StartAsync());

        Assert.Contains(state, error.Message, StringComparison.Ordinal);
        Assert.True(File.Exists(package));
        Assert.Equal(bytes, await File.ReadAllBytesAsync(state));
    }
}
