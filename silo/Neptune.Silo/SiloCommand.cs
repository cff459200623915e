using System.CommandLine;
using System.CommandLine.Invocation;
using System.Globalization;
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

    private static readonly Option<string?> DataDirectory = new("--data-dir")
    {
        Description = "Where jobs, data and packages are kept (or $NEPTUNE_DATA_DIR); else a folder of the user.",
        HelpName = "FOLDER",
    };

    private static readonly Option<int> Nodes = Number(
        "--nodes",
        "NEPTUNE_NODES",
        "How many nodes (CPU devices) it has",
        2
    );

    private static readonly Option<int> ThreadsPerNode = Number(
        "--threads-per-node",
        "NEPTUNE_THREADS_PER_NODE",
        "Threads of one operation on a node; the bits of results depend on it",
        1
    );

    /// <summary>Runs a command line.</summary>
    /// <returns>The exit code: 0 ended as it was told to, 1 failed, 2 wrong usage.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        var command = new RootCommand(
            "A Neptune silo: runs jobs and deployments until SIGTERM or Ctrl-C.\n\n"
                + "Exit codes: 0 ended as it was told to, 1 failed, 2 wrong usage."
        )
        {
            DataDirectory,
            Nodes,
            ThreadsPerNode,
        };
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
            var options = new LocalClusterOptions
            {
                DataDirectory = arguments.GetValue(DataDirectory),
                Nodes = arguments.GetValue(Nodes),
                ThreadsPerNode = arguments.GetValue(ThreadsPerNode),
            };
            await using (await LocalCluster.StartAsync(options, ending.Token))
            {
                var folder = Path.GetFullPath(options.DataDirectory ?? LocalClusterOptions.DefaultDataDirectory);
                await Console.Out.WriteLineAsync(
                    $"neptune-silo answers at {DataFolder.ReadEndpoint(folder)?.Gateways[0]} with "
                        + $"{(options.Nodes == 1 ? "1 node" : $"{options.Nodes} nodes")} over {folder}"
                );
                await ending.Asked;
            }
            return Done;
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

    private static Option<int> Number(string name, string variable, string description, int byDefault)
    {
        return new(name)
        {
            Description = $"{description} (or ${variable}); {byDefault} where neither says.",
            HelpName = "N",
            DefaultValueFactory = result =>
                Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text
                    ? Parse(result, $"${variable}", text)
                    : byDefault,
            CustomParser = result => Parse(result, name, result.Tokens[^1].Value),
        };

        int Parse(System.CommandLine.Parsing.ArgumentResult result, string from, string text)
        {
            if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= 1)
            {
                return value;
            }
            result.AddError($"{from} is {text}. Give a whole number of at least 1.");
            return byDefault;
        }
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
