using System.CommandLine;
using System.CommandLine.Invocation;
using Neptune.Contracts;
using Neptune.Hosting;
using Neptune.ModelGraph;
using Neptune.Storage;

namespace Neptune.Silo;

/// <summary>The command line of the silo: options or environment variables, then a cluster until it is told to end.</summary>
internal static class SiloCommand
{
    private const int Done = 0;
    private const int Failed = 1;
    private const int WrongUsage = 2;

    /// <summary>Runs a command line.</summary>
    /// <returns>The exit code: 0 ended as it was told to, 1 failed, 2 wrong usage.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        var command = new RootCommand(
            "A Neptune silo: runs jobs and deployments until SIGTERM or Ctrl-C.\n\n"
                + "Exit codes: 0 ended as it was told to, 1 failed, 2 wrong usage."
        );
        foreach (var option in SiloSettings.All)
        {
            command.Options.Add(option);
        }
        command.SetAction((arguments, _) => ServeAsync(arguments));
        var parsed = command.Parse(args);
        if (parsed.Action is ParseErrorAction)
        {
            Report($"{Describe(parsed)} `neptune-silo --help` shows what it takes.");
            return WrongUsage;
        }
        return await parsed.InvokeAsync(
            new() { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null }
        );
    }

    private static async Task<int> ServeAsync(ParseResult arguments)
    {
        using var ending = new EndingSignal();
        try
        {
            return SiloSettings.ForCluster(arguments) is { } options
                ? await ServeClusterAsync(options, ending)
                : await ServeEmbeddedAsync(SiloSettings.ForEmbedded(arguments), ending);
        }
        catch (OperationCanceledException) when (ending.Token.IsCancellationRequested)
        {
            return Done;
        }
        catch (ArgumentException error)
        {
            Report(error.Message);
            return WrongUsage;
        }
        catch (Exception error) when (error is NeptuneException or IOException or UnauthorizedAccessException)
        {
            Report(error.Message);
            return Failed;
        }
    }

    private static async Task<int> ServeClusterAsync(ClusterSiloOptions options, EndingSignal ending)
    {
        if (options.PortableNumerics)
        {
            PortableProcess.Enter();
        }
        await using var silo = await ClusterSilo.StartAsync(options, ending.Token);
        await Console.Out.WriteLineAsync(
            $"neptune-silo {options.Name} answers at {silo.Gateway} with {NodeCount.InWords(options.Devices.Count)} in the cluster with Redis at "
                + $"{options.Redis}, over {silo.DataFolder}"
        );
        try
        {
            await silo.ServeAsync(ending.Token);
        }
        catch (HostingException error)
        {
            Report(error.Message);
            Environment.Exit(Failed);
        }
        return Done;
    }

    private static async Task<int> ServeEmbeddedAsync(LocalClusterOptions options, EndingSignal ending)
    {
        if (options.PortableNumerics)
        {
            PortableProcess.Enter();
        }
        await using var neptune = await LocalCluster.StartAsync(options, ending.Token);
        var folder = Path.GetFullPath(options.DataDirectory ?? LocalClusterOptions.DefaultDataDirectory);
        await Console.Out.WriteLineAsync(
            $"neptune-silo answers at {DataFolder.ReadEndpoint(folder)?.Gateways[0]} with {NodeCount.InWords(options.Devices!.Count)} over {folder}"
        );
        await ending.Asked;
        return Done;
    }

    private static string Describe(ParseResult parsed) =>
        parsed.UnmatchedTokens switch
        {
            [var option, ..] when option.StartsWith('-') =>
                $"There is no option {option}. {NearestNames.Offer(option, parsed.RootCommandResult.Command.Options.Select(o => o.Name))}",
            [var argument, ..] => $"'{argument}' is one argument too many.",
            _ => string.Join(" ", parsed.Errors.Select(e => e.Message)),
        };

    private static void Report(string message) => Console.Error.WriteLine($"error: {message.ReplaceLineEndings(" ")}");
}
