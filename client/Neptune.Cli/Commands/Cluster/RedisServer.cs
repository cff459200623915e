using System.Diagnostics;
using System.Globalization;
using System.Net;
using Neptune.Hosting;
using Neptune.Storage;

namespace Neptune.Cli.Commands;

/// <summary>A redis-server of a cluster's own, which keeps its data under the data folder and listens on loopback only.</summary>
internal static class RedisServer
{
    public const string Name = "redis";

    private const string Program = "redis-server";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>Starts it, and waits until it answers.</summary>
    /// <param name="dataFolder">The cluster's data folder.</param>
    /// <param name="started">Told of the process as soon as there is one.</param>
    /// <param name="cancellation">Gives up waiting; the process goes on.</param>
    /// <exception cref="HostingException">There is no such program, or it does not start.</exception>
    public static async Task<RedisAddress> StartAsync(
        string dataFolder,
        Action<RedisAddress, StartedProcess> started,
        CancellationToken cancellation
    )
    {
        var folder = Directory.CreateDirectory(Path.Combine(dataFolder, Name)).FullName;
        var log = Path.Combine(folder, "redis.log");
        var pidFile = Path.Combine(folder, "redis.pid");
        var port = Ports.Free(IPAddress.Loopback);
        var settings = Path.Combine(folder, "redis.conf");
        File.Delete(pidFile);
        await File.WriteAllTextAsync(settings, Settings(folder, log, pidFile, port), cancellation);
        await RunAsync(settings, log, cancellation);
        var address = RedisAddress.Parse(string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}"));
        started(address, new(Name, await IdentityAsync(pidFile, log, cancellation), log));
        await AnswerAsync(address, log, cancellation);
        return address;
    }

    private static string Settings(string folder, string log, string pidFile, int port) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"""
            # Written by `neptune up`; changes are lost.
            bind 127.0.0.1
            port {port}
            dir "{folder}"
            logfile "{log}"
            pidfile "{pidFile}"
            daemonize yes
            # What a job has promised must be on the disk.
            appendonly yes
            appendfsync always
            save ""
            maxmemory-policy noeviction
            """
        );

    // It puts itself into the background, in a session of its own.
    private static async Task RunAsync(string settings, string log, CancellationToken cancellation)
    {
        try
        {
            using var process = Process.Start(
                new ProcessStartInfo(Program, [settings])
                {
                    RedirectStandardOutput = true,
                    RedirectStandardError = true,
                }
            )!;
            await process.WaitForExitAsync(cancellation);
            if (process.ExitCode != 0)
            {
                throw Failed(log, await process.StandardError.ReadToEndAsync(cancellation));
            }
        }
        catch (System.ComponentModel.Win32Exception error)
        {
            throw new HostingException(
                "There is no redis-server on this machine, and a cluster keeps its state in Redis. Install it (Debian and Ubuntu: "
                    + "apt-get install redis-server; macOS: brew install redis), or give one that runs by --redis HOST:PORT.",
                error
            );
        }
    }

    private static async Task<ProcessIdentity> IdentityAsync(string pidFile, string log, CancellationToken cancellation)
    {
        var since = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(since) < Patience)
        {
            if (
                File.Exists(pidFile)
                && int.TryParse(await File.ReadAllTextAsync(pidFile, cancellation), out var id)
                && ProcessIdentity.Of(id) is { } identity
            )
            {
                return identity;
            }
            await Task.Delay(Pause, cancellation);
        }
        throw Failed(log, "");
    }

    private static async Task AnswerAsync(RedisAddress address, string log, CancellationToken cancellation)
    {
        var since = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                await using var store = await RedisStore.ConnectAsync(address, cancellation);
                return;
            }
            catch (StorageException) when (TimeProvider.System.GetElapsedTime(since) < Patience)
            {
                await Task.Delay(Pause, cancellation);
            }
            catch (StorageException)
            {
                throw Failed(log, "");
            }
        }
    }

    private static HostingException Failed(string log, string said)
    {
        var lines = said.Length > 0 || !File.Exists(log) ? said.Split('\n') : File.ReadAllLines(log);
        var last = lines.LastOrDefault(line => line.Trim().Length > 0)?.Trim() ?? "it said nothing";
        return new($"redis-server does not start: {last.TrimEnd('.')}. Its log is {log}.");
    }
}
