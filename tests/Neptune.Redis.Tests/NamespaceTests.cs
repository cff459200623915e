using System.Diagnostics;
using System.Text.Json;
using Neptune.Processes;

namespace Neptune.Redis.Tests;

/// <summary>
/// A cluster as on several machines: each silo in a network namespace with folders of its own, gradients by TCP. The
/// namespaces share the machine's temporary folder, so artifacts may still go by Unix domain socket.
/// </summary>
public sealed class NamespaceTests : IDisposable
{
    private const int RedisMachine = 1;
    private const int Silos = 3;
    private const int DataPort = 7100;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string _folder = Directory.CreateTempSubdirectory("neptune-machines-").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(0, 0)]
    [InlineData(2, 0.005)]
    public async Task Given_three_machines_when_a_job_trains_over_tcp_then_its_bits_are_those_of_one_process(
        int delayMilliseconds,
        double loss
    )
    {
        Namespaces.SkipWithout();
        RedisServers.SkipWithout();
        using var machines = new Namespaces(1 + Silos);
        for (var machine = 1; delayMilliseconds > 0 && machine <= 1 + Silos; machine++)
        {
            machines.Impair(machine, TimeSpan.FromMilliseconds(delayMilliseconds), loss);
        }
        using var redis = StartRedis(machines);
        await AnswerAsync(machines);
        var silos = Enumerable.Range(1, Silos).Select(number => StartSilo(machines, number)).ToList();
        try
        {
            foreach (var silo in silos)
            {
                Assert.NotNull(await silo.ReadLineAsync());
            }
            string[] client = ["--cluster", $"redis:{Namespaces.AddressOf(RedisMachine)}:6379"];
            var training = NeptuneProcess.RunOnAsync(machines.On(2), [.. Train(Silos), .. client]);
            var seen = "";
            while (seen.Length == 0 && !training.IsCompleted)
            {
                seen = machines.ConnectionsOf(2, DataPort);
                await Task.Delay(20, Token);
            }
            var (exitCode, output, errors) = await training;
            Assert.True(exitCode == 0, errors);
            Assert.Contains(Namespaces.AddressOf(2), seen, StringComparison.Ordinal);
            Assert.True(loss == 0 || machines.Lost is null or > 0, "No frame was lost.");

            var alone = await NeptuneProcess.RunAsync([.. Train(1), "--data-dir", Path.Combine(_folder, "alone")]);
            Assert.True(alone.ExitCode == 0, alone.Errors);
            Assert.Equal(HashOf(alone.Output), HashOf(output));
        }
        finally
        {
            silos.ForEach(silo => silo.Dispose());
            redis.Kill();
            await redis.WaitForExitAsync(CancellationToken.None);
        }
    }

    private static string[] Train(int nodes) =>
        [
            "train",
            "--data",
            "digits",
            "--model",
            "flatten,dense:64:relu,dropout:0.2,dense:10:softmax",
            "--epochs",
            "8",
            "--seed",
            "5",
            "--nodes",
            $"{nodes}",
            "--json",
        ];

    private static string HashOf(string output) =>
        JsonElement.Parse(output.Split('\n')[^1]).GetProperty("weightsSha256").GetString()!;

    private NeptuneProcess StartSilo(Namespaces machines, int number) =>
        NeptuneProcess.SiloOn(
            machines.On(1 + number),
            [
                "--redis",
                $"{Namespaces.AddressOf(RedisMachine)}:6379",
                "--name",
                $"machine-{number}",
                "--nodes",
                "1",
                "--data-port",
                $"{DataPort}",
                "--data-dir",
                Path.Combine(_folder, $"machine-{number}"),
            ]
        );

    private Process StartRedis(Namespaces machines)
    {
        string[] command =
        [
            .. machines.On(RedisMachine),
            "redis-server",
            "--bind",
            Namespaces.AddressOf(RedisMachine),
            "--protected-mode",
            "no",
            "--save",
            "",
            "--dir",
            _folder,
            "--logfile",
            Path.Combine(_folder, "redis.log"),
        ];
        return Process.Start(new ProcessStartInfo(command[0], command[1..]))!;
    }

    private static async Task AnswerAsync(Namespaces machines)
    {
        string[] ping = [.. machines.On(RedisMachine), "redis-cli", "-h", Namespaces.AddressOf(RedisMachine), "ping"];
        var since = Stopwatch.StartNew();
        while (true)
        {
            using var process = Process.Start(
                new ProcessStartInfo(ping[0], ping[1..]) { RedirectStandardOutput = true, RedirectStandardError = true }
            )!;
            if ((await process.StandardOutput.ReadToEndAsync(Token)).StartsWith("PONG", StringComparison.Ordinal))
            {
                return;
            }
            Assert.True(since.Elapsed < Patience, "Redis does not answer.");
            await Task.Delay(50, Token);
        }
    }
}
