using System.Diagnostics;
using Neptune.Hosting;
using Neptune.Storage;

namespace Neptune.Cli.Commands;

/// <summary>Starts silos as processes that go on when this one ends.</summary>
internal sealed class SiloLauncher(Session session, string folder, RedisAddress redis)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    // The shell puts the streams into a file, and then becomes the silo: the process's id stays.
    private const string Redirect = """exec "$@" </dev/null >>"$NEPTUNE_LOG_FILE" 2>&1""";

    /// <summary>Starts one.</summary>
    public StartedProcess Start(string name)
    {
        var log = Path.Combine(Directory.CreateDirectory(Path.Combine(folder, "logs")).FullName, $"{name}.log");
        File.Delete(log);
        var start = new ProcessStartInfo(
            "/bin/sh",
            ["-c", Redirect, "sh", .. OwnProgram.Command, .. SiloCommand.Arguments(session, name, folder)]
        );
        start.Environment[SiloOptions.RedisVariable] = redis.Text;
        start.Environment["NEPTUNE_LOG_FILE"] = log;
        start.Environment.Remove(GlobalOptions.ClusterVariable);
        using var process = Process.Start(start)!;
        return new(name, ProcessIdentity.Of(process.Id) ?? new(process.Id, ""), log);
    }

    /// <summary>Waits until all have joined the cluster.</summary>
    /// <exception cref="HostingException">One has ended instead, or takes too long; the message gives its last words.</exception>
    public async Task JoinedAsync(IReadOnlyList<StartedProcess> silos, CancellationToken cancellation)
    {
        var since = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var joined = DataFolder.ReadEndpoint(folder)?.Silos.Select(silo => silo.Process).ToHashSet() ?? [];
            if (silos.All(silo => joined.Contains(silo.Process)))
            {
                return;
            }
            if (silos.FirstOrDefault(silo => !silo.Process.IsAlive) is { } ended)
            {
                throw new HostingException(
                    $"Silo {ended.Name} did not start: {LastWords(ended)} Its log is {ended.Log}."
                );
            }
            if (TimeProvider.System.GetElapsedTime(since) > Patience)
            {
                var late = silos.First(silo => !joined.Contains(silo.Process));
                throw new HostingException(
                    $"Silo {late.Name} has not joined the cluster within {Patience.TotalSeconds:0} seconds. Its log is {late.Log}."
                );
            }
            await Task.Delay(Pause, cancellation);
        }
    }

    private static string LastWords(StartedProcess silo)
    {
        const string mark = "error: ";
        var lines = File.Exists(silo.Log) ? File.ReadAllLines(silo.Log) : [];
        var last = lines.LastOrDefault(line => line.StartsWith(mark, StringComparison.Ordinal));
        return last?[mark.Length..] ?? "it ended without a word.";
    }
}
