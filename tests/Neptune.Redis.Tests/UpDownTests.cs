using System.Text.Json;
using Neptune.Client;
using Neptune.Processes;

namespace Neptune.Redis.Tests;

public sealed class UpDownTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("neptune-up-").FullName;

    public ValueTask InitializeAsync()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no `neptune up`.");
        RedisServers.SkipWithout();
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await RunAsync("down");
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Given_nothing_when_up_then_a_cluster_is_found_by_the_folder_survives_a_power_cut_and_goes_down()
    {
        var nothing = await RunAsync("down");
        Assert.Equal(0, nothing.ExitCode);
        Assert.Contains("Nothing is up", nothing.Output, StringComparison.Ordinal);

        var up = await RunAsync("up", "--processes", "2", "--nodes", "2", "--json");
        Assert.True(up.ExitCode == 0, up.Errors);
        var done = JsonElement.Parse(up.Output.Split('\n')[^1]);
        Assert.Equal(4, done.GetProperty("nodes").GetInt32());
        Assert.Equal(2, done.GetProperty("gateways").GetArrayLength());

        var again = await RunAsync("up");
        Assert.Equal(0, again.ExitCode);
        Assert.Contains("is up already, with 2 silos", again.Output, StringComparison.Ordinal);

        var trained = await RunAsync(
            "train",
            "--data",
            "digits",
            "--model",
            "flatten,dense:10:softmax",
            "--epochs",
            "2",
            "--nodes",
            "1"
        );
        Assert.True(trained.ExitCode == 0, trained.Errors);

        foreach (var process in Processes())
        {
            Signals.Send(process, 9);
        }
        var cut = await RunAsync("jobs", "list");
        Assert.Equal(1, cut.ExitCode);
        Assert.Contains("Start it again by `neptune up`", cut.Errors, StringComparison.Ordinal);

        up = await RunAsync("up", "--processes", "2");
        Assert.True(up.ExitCode == 0, up.Errors);
        Assert.Contains("succeeded", (await RunAsync("jobs", "list")).Output, StringComparison.Ordinal);

        var processes = Processes();
        var down = await RunAsync("down");
        Assert.Equal(0, down.ExitCode);
        Assert.Contains("2 silos ended.", down.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("killed", down.Output, StringComparison.Ordinal);
        Assert.All(processes, process => Assert.Null(Storage.ProcessIdentity.Of(process)));
        Assert.False(File.Exists(Path.Combine(_folder, "cluster.json")));
    }

    [Fact]
    public async Task Given_a_silo_that_cannot_start_when_up_then_its_last_words_are_told_and_nothing_stays()
    {
        // A name that a living silo of the same Redis has.
        using var redis = await RedisServers.StartAsync();
        using var other = NeptuneProcess.Silo(
            "--redis",
            redis.Address,
            "--name",
            $"{Hosting.SiloNames.OfMachine}-2",
            "--nodes",
            "1",
            "--data-dir",
            Path.Combine(_folder, "other")
        );
        await other.ReadLineAsync();
        var up = await RunAsync("up", "--redis", redis.Address);
        Assert.Equal(1, up.ExitCode);
        Assert.Contains($"Silo {Hosting.SiloNames.OfMachine}-2 did not start: ", up.Errors, StringComparison.Ordinal);
        Assert.Contains("is alive", up.Errors, StringComparison.Ordinal);
        Assert.Contains(".log", up.Errors, StringComparison.Ordinal);
        Assert.Contains("Nothing is up", (await RunAsync("down")).Output, StringComparison.Ordinal);
        await using var neptune = await NeptuneClient.ConnectAsync($"redis:{redis.Address}");
        Assert.Single(await neptune.Nodes.ListAsync());
    }

    [Theory]
    [InlineData("up --processes 0", 2, "--processes is 0")]
    [InlineData("up --redis localhost:66000", 2, "is no address of Redis: port")]
    [InlineData("up --redis 127.0.0.1:1", 1, "does not answer")]
    [InlineData("up --cluster localhost:1", 2, "Leave out --cluster")]
    public async Task Given_what_cannot_be_when_up_then_one_line_says_so(string line, int exitCode, string said)
    {
        var ended = await RunAsync(line.Split(' '));
        Assert.Equal(exitCode, ended.ExitCode);
        Assert.Contains(said, ended.Errors, StringComparison.Ordinal);
        Assert.Single(ended.Errors.Split('\n'));
    }

    private Task<(int ExitCode, string Output, string Errors)> RunAsync(params IEnumerable<string> arguments) =>
        arguments.Contains("--cluster")
            ? NeptuneProcess.RunAsync(arguments)
            : NeptuneProcess.RunAsync([.. arguments, "--data-dir", _folder]);

    private int[] Processes()
    {
        var started = Storage.StartedCluster.Read(_folder)!;
        return [.. started.Silos.Select(silo => silo.Process.Id), started.OwnRedis!.Process.Id];
    }
}
