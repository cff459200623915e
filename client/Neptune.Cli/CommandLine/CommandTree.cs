using System.CommandLine;
using System.CommandLine.Invocation;
using Neptune.Cli.Commands;
using Neptune.Hosting;

namespace Neptune.Cli;

/// <summary>All commands, and how one of them runs.</summary>
internal static class CommandTree
{
    /// <summary>Parses and runs a command line.</summary>
    /// <returns>The process's exit code.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        var parsed = Create().Parse(args);
        if (parsed.Action is ParseErrorAction)
        {
            // A command line that does not parse may still have asked for JSON.
            var json = args.Contains(GlobalOptions.Json.Name, StringComparer.Ordinal);
            ErrorReport.Write(new(json), UsageErrors.Describe(parsed), ExitCode.WrongUsage);
            return ExitCode.WrongUsage;
        }
        return await parsed.InvokeAsync(
            new() { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null }
        );
    }

    private static RootCommand Create()
    {
        var root = new RootCommand(
            "Trains, evaluates and deploys deep-learning models on any number of nodes, to the same bits.\n\n"
                + "Exit codes: 0 done, 1 failed or interrupted, 2 wrong usage, 3 cluster not reachable, 4 not allowed."
        )
        {
            QuickstartCommand.Create(),
            TrainCommand.Create(),
            EvaluateCommand.Create(),
            DeployCommand.Create(),
            UndeployCommand.Create(),
            UpCommand.Create(),
            DownCommand.Create(),
            SiloCommand.Create(),
            PredictCommand.Create(),
            Group(
                "jobs",
                "Training jobs.",
                JobsListCommand.Create(),
                JobsShowCommand.Create(),
                JobsEventsCommand.Create(),
                JobsScaleCommand.Create(),
                JobsCancelCommand.Create(),
                JobsResumeCommand.Create(),
                JobsCheckpointsCommand.Create(),
                JobsForkCommand.Create(),
                JobsVerifyCommand.Create(),
                JobsTraceCommand.Create()
            ),
            Group(
                "models",
                "Models of the registry, trained or imported, and their versions.",
                ModelsListCommand.Create(),
                ModelsShowCommand.Create(),
                ModelsImportCommand.Create(),
                ModelsExportCommand.Create(),
                ModelsVerifyCommand.Create()
            ),
            Group(
                "data",
                "Data sets.",
                DataListCommand.Create(),
                DataShowCommand.Create(),
                DataImportCommand.Create(),
                DataFetchCommand.Create()
            ),
            Group(
                "nodes",
                "The devices of the cluster.",
                NodesListCommand.Create(),
                NodesDrainCommand.Create(),
                NodesResumeCommand.Create()
            ),
        };
        foreach (var option in GlobalOptions.All)
        {
            root.Options.Add(option);
        }
        return root;
    }

    /// <summary>Gives a command its action: errors become one line and an exit code, Ctrl-C a cancellation.</summary>
    public static Command Runs(this Command command, Func<Session, CancellationToken, Task> run)
    {
        command.SetAction(
            async (arguments, _) =>
            {
                var output = new Output(arguments.GetValue(GlobalOptions.Json));
                using var interruption = new EndingSignal(() =>
                    output.Errors.Write(new Spectre.Console.Text("Stopping. Press Ctrl-C again to end at once.\n"))
                );
                try
                {
                    await run(new(arguments, output), interruption.Token);
                    return ExitCode.Done;
                }
                catch (Exception error)
                {
                    return ErrorReport.Write(output, error, arguments.GetValue(GlobalOptions.Verbose));
                }
            }
        );
        return command;
    }

    private static Command Group(string name, string description, params IEnumerable<Command> commands)
    {
        var group = new Command(name, description);
        foreach (var command in commands)
        {
            group.Subcommands.Add(command);
        }
        return group;
    }
}
