using System.Diagnostics;
using System.Text.Json;

namespace Neptune.Cli.Tests;

/// <summary>A real process of the built <c>neptune</c>; killed where it does not end in time.</summary>
internal sealed class NeptuneProcess : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly Process _process;
    private readonly List<string> _lines = [];
    private readonly List<(Func<string, bool> IsWanted, TaskCompletionSource<string> Found)> _waiters = [];
    private readonly Task _reading;
    private readonly Task<string> _errors;

    private NeptuneProcess(Process process)
    {
        _process = process;
        _reading = Task.Run(ReadAsync);
        _errors = process.StandardError.ReadToEndAsync();
    }

    public int Id => _process.Id;

    /// <summary>Starts <c>neptune</c> over a data folder.</summary>
    public static NeptuneProcess Start(string dataFolder, params IEnumerable<string> arguments) =>
        Start(dataFolder, [], arguments);

    /// <summary>Starts it with more in its environment.</summary>
    public static NeptuneProcess Start(
        string dataFolder,
        IEnumerable<KeyValuePair<string, string>> environment,
        IEnumerable<string> arguments
    )
    {
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            ArgumentList = { System.IO.Path.Combine(AppContext.BaseDirectory, "neptune.dll") },
        };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }
        start.Environment["NEPTUNE_DATA_DIR"] = dataFolder;
        start.Environment.Remove("NEPTUNE_CLUSTER");
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }
        return new(Process.Start(start)!);
    }

    /// <summary>Runs it to its end.</summary>
    public static async Task<Ended> RunAsync(string dataFolder, params IEnumerable<string> arguments)
    {
        using var process = Start(dataFolder, arguments);
        return await process.EndAsync();
    }

    /// <summary>The first line of standard output that is wanted, as soon as it is there.</summary>
    public Task<string> LineAsync(Func<string, bool> isWanted)
    {
        lock (_lines)
        {
            var found = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
            if (_lines.FirstOrDefault(isWanted) is { } line)
            {
                found.SetResult(line);
            }
            else
            {
                _waiters.Add((isWanted, found));
            }
            return found.Task.WaitAsync(Patience);
        }
    }

    /// <summary>Sends what Ctrl-C sends.</summary>
    public async Task InterruptAsync()
    {
        using var kill = Process.Start("kill", ["-INT", $"{_process.Id}"]);
        await kill.WaitForExitAsync();
    }

    /// <summary>Waits for its end.</summary>
    public async Task<Ended> EndAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(Patience);
        await _reading;
        return new(_process.ExitCode, [.. _lines], await _errors);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }
        _process.Dispose();
    }

    private async Task ReadAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            lock (_lines)
            {
                _lines.Add(line);
                foreach (var (_, found) in _waiters.Where(w => w.IsWanted(line)))
                {
                    found.TrySetResult(line);
                }
            }
        }
        lock (_lines)
        {
            foreach (var (_, found) in _waiters)
            {
                found.TrySetException(
                    new InvalidOperationException(
                        $"The process ended without the line. It wrote: {string.Join('\n', _lines)}"
                    )
                );
            }
        }
    }

    /// <summary>What a process left.</summary>
    public sealed record Ended(int ExitCode, IReadOnlyList<string> Lines, string Errors)
    {
        public string Text => string.Join('\n', Lines);

        /// <summary>The last line of standard output as JSON.</summary>
        public JsonElement Last => JsonElement.Parse(Lines[^1]);

        /// <summary>This, after asserting success.</summary>
        public Ended Succeeded()
        {
            Assert.True(ExitCode == 0, $"exit code {ExitCode}\n{Text}\n{Errors}");
            return this;
        }
    }
}
