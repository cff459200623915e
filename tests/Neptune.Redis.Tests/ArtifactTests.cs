using Neptune.Client;
using Neptune.Contracts;
using Neptune.Processes;

namespace Neptune.Redis.Tests;

/// <summary>Two silos that share no folder: what one lacks it fetches from the other, once, and takes only the right bytes.</summary>
public sealed class ArtifactTests : IAsyncLifetime
{
    private const string Here = "here";
    private const string There = "there";
    private const int HashLength = 64;
    private const int Samples = 90;

    private readonly string _folder = Directory.CreateTempSubdirectory("neptune-artifacts-").FullName;
    private RedisServerProcess? _redis;
    private NeptuneProcess? _here;
    private NeptuneProcess? _there;
    private NeptuneClient? _client;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private NeptuneClient Neptune => _client!;

    public async ValueTask InitializeAsync()
    {
        _redis = await RedisServers.StartAsync();
        _here = await StartAsync(Here);
        _there = await StartAsync(There);
        _client = await NeptuneClient.ConnectAsync($"redis:{_redis.Address}");
    }

    public async ValueTask DisposeAsync()
    {
        await (_client?.DisposeAsync() ?? ValueTask.CompletedTask);
        _here?.Dispose();
        _there?.Dispose();
        _redis?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Given_silos_without_a_common_folder_when_each_trains_then_bits_are_equal_and_files_are_copied_once()
    {
        var data = await ImportAsync();
        var onHere = await TrainAsync(data, Here);
        var onThere = await TrainAsync(data, There);
        Assert.Equal(onHere.WeightsSha256, onThere.WeightsSha256);

        // Whichever silo the client speaks to gives either package.
        foreach (var package in (PackageRef[])[onHere, onThere, onHere, onThere])
        {
            var opened = await Neptune.Models.OpenAsync(package, Token);
            Assert.Equal(onHere.WeightsSha256, opened.WeightsSha256);
        }

        var before = Files();
        var again = await TrainAsync(data, There);
        Assert.Equal(onThere.WeightsSha256, again.WeightsSha256);
        Assert.All(before, file => Assert.Equal(file.Value, Files()[file.Key]));
    }

    // Each job's grain is on either silo: what it copies lies there, or is fetched.
    [Fact]
    public async Task Given_silos_without_a_common_folder_when_a_job_is_forked_and_verified_then_the_bits_are_equal()
    {
        var spec = TrainedModels.Spec("cnn", await ImportAsync(), shards: 3, nodes: 2) with
        {
            Epochs = 8,
            CheckpointInterval = TimeSpan.Zero,
            Retention = new() { Last = 1000 },
        };
        var (job, kept) = await TrainAsync();
        while (!kept.Any(IsMidway)) // a slow disk takes longer over the first one than the steps took
        {
            spec = spec with { Epochs = spec.Epochs * 4 };
            (job, kept) = await TrainAsync();
        }
        var checkpoint = kept.Last(IsMidway);
        foreach (var nodes in (int[])[1, 2, 1, 2])
        {
            var changes = new JobFork { Step = checkpoint.Version.Step, Nodes = nodes };
            var fork = await EndAsync(await Neptune.Jobs.ForkAsync(job.Id, changes));
            Assert.Equal(job.Package!.WeightsSha256, fork.WeightsSha256);
            Assert.True((await Neptune.Jobs.VerifyAsync(job.Id, nodes, kept[0].Version.Step, null, Token)).IsEqual);
        }

        bool IsMidway(CheckpointEntry entry) => !entry.IsPackage && entry.Version.Step < job.Step;

        async Task<(JobSnapshot, IReadOnlyList<CheckpointEntry>)> TrainAsync()
        {
            var ended = (await EndAsync(await Neptune.Jobs.SubmitAsync(spec))).Job;
            return (ended, await Neptune.Jobs.CheckpointsAsync(ended.Id));
        }

        Task<TrainingHistory> EndAsync(JobSnapshot submitted) =>
            Neptune.Jobs.WaitAsync(submitted.Id, cancellation: Token);
    }

    [Fact]
    public async Task Given_an_altered_file_at_its_owner_when_the_other_silo_trains_then_the_job_names_both_and_keeps_nothing()
    {
        var data = await ImportAsync();
        var (owner, other) = OwnerOf(data.Info.Sha256);
        var chunk = ChunksOf(owner, data.Info.Sha256)[0];
        var right = await File.ReadAllBytesAsync(PathOf(owner, chunk), Token);
        var wrong = right.ToArray();
        wrong[^1] ^= 1;
        await File.WriteAllBytesAsync(PathOf(owner, chunk), wrong, Token);

        var error = await Assert.ThrowsAsync<JobFailedException>(() => TrainAsync(data, other));

        Assert.Contains(chunk, error.Message, StringComparison.Ordinal);
        Assert.Contains($"altered at {owner}", error.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(PathOf(other, chunk)));
        Assert.False(File.Exists(PathOf(other, ShaOf(wrong))));
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(FolderOf(other), ".writing")));

        await File.WriteAllBytesAsync(PathOf(owner, chunk), right, Token);
        var onOther = await TrainAsync(data, other);
        Assert.Equal((await TrainAsync(data, owner)).WeightsSha256, onOther.WeightsSha256);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Given_a_silo_that_is_gone_when_the_other_needs_its_files_then_the_job_says_so_until_it_is_back(
        bool killed
    )
    {
        var data = await ImportAsync();
        var (owner, other) = OwnerOf(data.Info.Sha256);
        var process = owner == Here ? _here! : _there!;
        if (killed)
        {
            process.Kill();
        }
        else
        {
            Signals.Send(process.Id, 15);
            await process.EndAsync();
        }

        var error = await Assert.ThrowsAsync<JobFailedException>(() => TrainAsync(data, other, drain: false));

        Assert.Contains($"Artifact {data.Info.Sha256[..8]}", error.Message, StringComparison.Ordinal);
        TestContext.Current.TestOutputHelper!.WriteLine(error.Message);
        process.Dispose();
        process = await StartAsync(owner);
        (_here, _there) = owner == Here ? (process, _there) : (_here, process);
        await TrainAsync(data, other);
    }

    private Task<DatasetView> ImportAsync()
    {
        var features = Enumerable.Range(0, 64 * Samples).Select(i => (float)(i * 7919 % 256)).ToArray();
        var classes = Enumerable.Range(0, Samples).Select(i => (long)(i % 10)).ToArray();
        return Neptune.Data.FromArraysAsync(
            "pictures",
            [8, 8, 1],
            [.. Enumerable.Range(0, 10).Select(c => $"{c}")],
            new Dictionary<string, (float[], long[])> { ["train"] = (features, classes) }
        );
    }

    /// <summary>Trains on a silo's node, for the other's is drained.</summary>
    private async Task<PackageRef> TrainAsync(DatasetView data, string silo, bool drain = true)
    {
        var idle = new NodeId($"{(silo == Here ? There : Here)}/cpu:0");
        if (drain)
        {
            await Neptune.Nodes.DrainAsync(idle);
        }
        try
        {
            var job = await Neptune.Jobs.SubmitAsync(TrainedModels.Spec("cnn", data, shards: 3, nodes: 1));
            var history = await Neptune.Jobs.WaitAsync(job.Id, cancellation: Token);
            Assert.Equal(silo, Assert.Single(history.Job.Ranks).Node.Host);
            return history.Package;
        }
        finally
        {
            if (drain)
            {
                await Neptune.Nodes.ResumeAsync(idle);
            }
        }
    }

    private async Task<NeptuneProcess> StartAsync(string name)
    {
        var silo = NeptuneProcess.Silo(
            "--redis",
            _redis!.Address,
            "--name",
            name,
            "--nodes",
            "1",
            "--data-dir",
            Path.Combine(_folder, $"{name}-data"),
            "--artifacts",
            FolderOf(name)
        );
        Assert.NotNull(await silo.ReadLineAsync());
        return silo;
    }

    private (string Owner, string Other) OwnerOf(string artifact) =>
        File.Exists(PathOf(Here, artifact)) ? (Here, There) : (There, Here);

    /// <summary>What a manifest names, of what is there.</summary>
    private string[] ChunksOf(string silo, string manifest)
    {
        var text = File.ReadAllText(PathOf(silo, manifest));
        return
        [
            .. Files()
                .Keys.Where(path => path.StartsWith(FolderOf(silo), StringComparison.Ordinal))
                .Select(path => Path.GetFileName(Path.GetDirectoryName(path)) + Path.GetFileName(path))
                .Where(name => name.Length == HashLength && text.Contains(name, StringComparison.Ordinal)),
        ];
    }

    /// <summary>Artifacts of both silos, and when each was written.</summary>
    private Dictionary<string, DateTime> Files() =>
        Directory
            .EnumerateFiles(_folder, "*", SearchOption.AllDirectories)
            .Where(path => Path.GetFileName(path).Length == HashLength - 2)
            .ToDictionary(path => path, File.GetLastWriteTimeUtc);

    private string FolderOf(string silo) => Path.Combine(_folder, silo);

    private string PathOf(string silo, string artifact) => Path.Combine(FolderOf(silo), artifact[..2], artifact[2..]);

    private static string ShaOf(byte[] bytes) =>
        Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes));
}
