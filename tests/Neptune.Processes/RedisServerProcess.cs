using System.Diagnostics;
using System.Globalization;
using StackExchange.Redis;

namespace Neptune.Processes;

/// <summary>A redis-server of the test's own, on a free loopback port, which can be stopped and started again.</summary>
public sealed class RedisServerProcess : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("neptune-redis-").FullName;
    private readonly string _password;
    private Process _process;

    private RedisServerProcess(string password)
    {
        _password = password;
        Port = FreePort.Pick();
        _process = Launch();
    }

    /// <summary>Its port.</summary>
    public int Port { get; }

    /// <summary>HOST:PORT.</summary>
    public string Address => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{Port}");

    /// <summary>True where there is a redis-server to start.</summary>
    public static bool IsInstalled =>
        Environment
            .GetEnvironmentVariable("PATH")!
            .Split(':')
            .Any(folder => File.Exists(Path.Combine(folder, "redis-server")));

    /// <summary>Starts one, and waits until it answers.</summary>
    public static async Task<RedisServerProcess> StartAsync(string password = "")
    {
        var server = new RedisServerProcess(password);
        await server.AnswerAsync();
        return server;
    }

    /// <summary>It stays, and answers nobody.</summary>
    public void Freeze() => Signals.Send(_process.Id, Signals.Stop);

    /// <summary>It answers again.</summary>
    public void Thaw() => Signals.Send(_process.Id, Signals.Continue);

    /// <summary>As a crash ends it.</summary>
    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    /// <summary>Starts it again after <see cref="Kill"/>, with what it had written to its disk.</summary>
    public async Task RestartAsync()
    {
        _process = Launch();
        await AnswerAsync();
    }

    /// <summary>A connection of the caller's own.</summary>
    public async Task<IDatabase> ConnectAsync() =>
        (
            await ConnectionMultiplexer.ConnectAsync(
                $"{Address},password={_password},abortConnect=false,connectTimeout=500"
            )
        ).GetDatabase();

    /// <inheritdoc/>
    public void Dispose()
    {
        Kill();
        Directory.Delete(_folder, recursive: true);
    }

    private Process Launch()
    {
        string[] settings =
        [
            "--bind",
            "127.0.0.1",
            "--port",
            $"{Port}",
            "--dir",
            _folder,
            "--appendonly",
            "yes",
            "--appendfsync",
            "always",
            "--save",
            "",
            "--logfile",
            Path.Combine(_folder, "redis.log"),
        ];
        return Process.Start(
            "redis-server",
            _password.Length == 0 ? settings : [.. settings, "--requirepass", _password]
        );
    }

    private async Task AnswerAsync()
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                var database = await ConnectAsync();
                await using var connection = database.Multiplexer;
                await database.PingAsync();
                return;
            }
            catch (RedisException) when (attempt < 50)
            {
                await Task.Delay(50);
            }
        }
    }
}
