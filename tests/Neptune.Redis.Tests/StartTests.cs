using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Neptune.Client;
using Neptune.Processes;

namespace Neptune.Redis.Tests;

/// <summary>Silos that cannot start: each says why in one line, and soon.</summary>
public sealed class StartTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("neptune-start-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Given_no_redis_at_the_address_when_a_silo_starts_then_it_ends_within_ten_seconds_and_says_so()
    {
        var since = Stopwatch.StartNew();
        var error = await FailAsync(1, "--redis", "127.0.0.1:1");
        Assert.StartsWith("error: The store (Redis at 127.0.0.1:1) does not answer: ", error, StringComparison.Ordinal);
        Assert.Contains("Start Redis there, or give another by --redis", error, StringComparison.Ordinal);
        Assert.True(since.Elapsed < TimeSpan.FromSeconds(10), $"it took {since.Elapsed}");
    }

    [Fact]
    public async Task Given_a_redis_that_is_stuck_when_a_silo_starts_then_it_ends_within_ten_seconds_and_says_so()
    {
        using var redis = await RedisServers.StartAsync();
        redis.Freeze();
        var since = Stopwatch.StartNew();
        var error = await FailAsync(1, "--redis", redis.Address);
        redis.Thaw();
        Assert.Contains($"The store (Redis at {redis.Address}) does not answer", error, StringComparison.Ordinal);
        Assert.True(since.Elapsed < TimeSpan.FromSeconds(12), $"it took {since.Elapsed}");
    }

    [Theory]
    [InlineData("")]
    [InlineData(",password=wrong")]
    public async Task Given_a_redis_with_a_password_when_a_silo_has_another_then_it_asks_for_it_and_tells_nobody(
        string options
    )
    {
        using var redis = await RedisServers.StartAsync("right");
        var error = await FailAsync(1, "--redis", redis.Address + options);
        Assert.Contains($"The store (Redis at {redis.Address}) does not let us in", error, StringComparison.Ordinal);
        Assert.Contains("password=SECRET", error, StringComparison.Ordinal);
        Assert.DoesNotContain(
            "wrong",
            error.Replace("is wrong", "", StringComparison.Ordinal),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Given_a_redis_with_a_password_when_a_silo_has_it_then_it_starts_and_clients_with_it_find_it()
    {
        using var redis = await RedisServers.StartAsync("right");
        using var silo = NeptuneProcess.Silo(
            "--redis",
            $"{redis.Address},password=right",
            "--data-dir",
            _folder,
            "--nodes",
            "1",
            "--name",
            "secret",
            "--label",
            "zone=a",
            "--label",
            "rack=7"
        );
        Assert.EndsWith(
            $"with 1 node in the cluster with Redis at {redis.Address}, over {_folder}",
            await silo.ReadLineAsync(),
            StringComparison.Ordinal
        );
        Assert.DoesNotContain("right", await File.ReadAllTextAsync(Path.Combine(_folder, "cluster.json")));
        await using var neptune = await NeptuneClient.ConnectAsync($"redis:{redis.Address},password=right");
        var node = Assert.Single(await neptune.Nodes.ListAsync());
        Assert.Equal("secret/cpu:0", node.Id.Value);
        Assert.Equal("rack=7,zone=a", string.Join(',', node.Labels.Select(label => $"{label.Key}={label.Value}")));
        var (exitCode, _, errors) = await NeptuneProcess.RunAsync(
            "nodes",
            "list",
            "--cluster",
            $"redis:{redis.Address}"
        );
        Assert.Equal(3, exitCode);
        Assert.Contains("password", errors, StringComparison.Ordinal);

        // The embedded cluster must not take the folder meanwhile: it joins, and a silo of its own is refused.
        var (_, output, _) = await NeptuneProcess.RunAsync("nodes", "list", "--data-dir", _folder);
        Assert.Contains("secret/cpu:0", output, StringComparison.Ordinal);
        var refused = await FailAsync(1);
        Assert.Contains($"is in use by a silo of the cluster with Redis at {redis.Address}", refused);
    }

    [Fact]
    public async Task Given_two_silos_of_one_name_when_they_start_at_one_moment_then_one_answers_and_the_other_says_why_not()
    {
        using var redis = await RedisServers.StartAsync();
        NeptuneProcess Start(string folder) =>
            NeptuneProcess.SiloOf(redis, "twin", Directory.CreateDirectory(Path.Combine(_folder, folder)).FullName);
        using var first = Start("first");
        using var second = Start("second");
        var lines = (await first.ReadLineAsync(), await second.ReadLineAsync());
        var (lives, refused) = lines.Item1 is null ? (second, first) : (first, second);
        Assert.Single([lines.Item1, lines.Item2], line => line is null);
        var (exitCode, errors) = await refused.EndAsync();
        Assert.Equal(1, exitCode);
        Assert.StartsWith("error: A silo called 'twin' is alive at 127.0.0.1:", errors, StringComparison.Ordinal);
        Assert.False(lives.HasExited);
    }

    [Theory]
    [InlineData("--silo-port")]
    [InlineData("--gateway-port")]
    public async Task Given_a_port_that_is_taken_when_a_silo_wants_it_then_it_says_which(string option)
    {
        using var redis = await RedisServers.StartAsync();
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        var error = await FailAsync(1, "--redis", redis.Address, option, $"{port}");
        Assert.StartsWith(
            $"error: Port {port} of 127.0.0.1 is taken by another process. Give another by {option}",
            error,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Given_an_address_of_another_machine_when_a_silo_wants_it_then_it_says_so() =>
        Assert.Contains(
            "192.0.2.1 is no address of this machine",
            await FailAsync(1, "--redis", "127.0.0.1:1", "--advertise-address", "192.0.2.1"),
            StringComparison.Ordinal
        );

    [Fact]
    public async Task Given_a_folder_of_an_embedded_cluster_when_a_silo_of_a_cluster_wants_it_then_it_says_who_has_it()
    {
        using var redis = await RedisServers.StartAsync();
        using var owner = NeptuneProcess.Silo("--data-dir", _folder, "--nodes", "1");
        await owner.ReadLineAsync();
        Assert.Contains(
            $"'{_folder}' is in use by process {owner.Id}",
            await FailAsync(1, "--redis", redis.Address),
            StringComparison.Ordinal
        );
    }

    private async Task<string> FailAsync(int expected, params IEnumerable<string> arguments)
    {
        using var silo = NeptuneProcess.Silo([.. arguments, "--data-dir", _folder]);
        var (exitCode, errors) = await silo.EndAsync();
        Assert.Equal(expected, exitCode);
        Assert.Single(errors.Split('\n'));
        return errors;
    }
}
