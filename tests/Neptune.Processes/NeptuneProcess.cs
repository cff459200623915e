using System.Diagnostics;

namespace Neptune.Processes;

/// <summary>A process of <c>neptune-silo</c> or <c>neptune</c>, with no settings but those given; killed at the latest by its disposal.</summary>
public sealed class NeptuneProcess : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private readonly Process _process;
    private readonly Task<string> _errors;

    private NeptuneProcess(Process process)
    {
        _process = process;
        _errors = process.StandardError.ReadToEndAsync();
    }

    /// <summary>The process id.</summary>
    public int Id => _process.Id;

    /// <summary>True once it has ended.</summary>
    public bool HasExited => _process.HasExited;

    /// <summary>Starts <c>neptune-silo</c>.</summary>
    public static NeptuneProcess Silo(params IEnumerable<string> arguments) => SiloOn([], arguments);

    /// <summary>Starts a silo of one node that is part of the cluster with this Redis.</summary>
    public static NeptuneProcess SiloOf(
        RedisServerProcess redis,
        string name,
        string folder,
        params IEnumerable<string> arguments
    ) => SiloOf(redis, name, folder, new Dictionary<string, string>(), arguments);

    /// <summary>The same with environment variables.</summary>
    public static NeptuneProcess SiloOf(
        RedisServerProcess redis,
        string name,
        string folder,
        IReadOnlyDictionary<string, string> variables,
        IEnumerable<string> arguments
    ) =>
        Silo(variables, ["--redis", redis.Address, "--name", name, "--nodes", "1", "--data-dir", folder, .. arguments]);

    /// <summary>The same with environment variables.</summary>
    public static NeptuneProcess Silo(IReadOnlyDictionary<string, string> variables, IEnumerable<string> arguments) =>
        Start(["env", .. variables.Select(v => $"{v.Key}={v.Value}")], "neptune-silo.dll", arguments);

    /// <summary>The same behind another command, such as that which enters a network namespace.</summary>
    public static NeptuneProcess SiloOn(IEnumerable<string> before, IEnumerable<string> arguments) =>
        Start(before, "neptune-silo.dll", arguments);

    /// <summary>Starts <c>neptune</c>.</summary>
    public static NeptuneProcess Cli(params IEnumerable<string> arguments) => Start([], "neptune.dll", arguments);

    /// <summary>Runs <c>neptune</c> to its end.</summary>
    public static Task<(int ExitCode, string Output, string Errors)> RunAsync(params IEnumerable<string> arguments) =>
        RunOnAsync([], arguments);

    /// <summary>The same behind another command.</summary>
    public static async Task<(int ExitCode, string Output, string Errors)> RunOnAsync(
        IEnumerable<string> before,
        IEnumerable<string> arguments
    )
    {
        using var process = Start(before, "neptune.dll", arguments);
        var output = process._process.StandardOutput.ReadToEndAsync();
        var (exitCode, errors) = await process.EndAsync();
        return (exitCode, (await output).Trim(), errors);
    }

    /// <summary>The next line of standard output; null at its end.</summary>
    public Task<string?> ReadLineAsync() => _process.StandardOutput.ReadLineAsync().WaitAsync(Patience);

    /// <summary>Ends it as a service manager does, and waits.</summary>
    public async Task TerminateAsync()
    {
        Signals.Send(_process.Id, 15);
        await EndAsync();
    }

    /// <summary>Ends it as a crash does, and waits.</summary>
    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    /// <summary>Waits for its end.</summary>
    public async Task<(int ExitCode, string Errors)> EndAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(Patience);
        return (_process.ExitCode, (await _errors).Trim());
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_process.HasExited)
        {
            Kill();
        }
        _process.Dispose();
    }

    private static NeptuneProcess Start(IEnumerable<string> before, string program, IEnumerable<string> arguments)
    {
        string[] command =
        [
            .. before,
            Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet",
            Path.Combine(AppContext.BaseDirectory, program),
            .. arguments,
        ];
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (
            var name in start.Environment.Keys.Where(n => n.StartsWith("NEPTUNE_", StringComparison.Ordinal)).ToList()
        )
        {
            start.Environment.Remove(name);
        }
        return new(Process.Start(start)!);
    }
}
