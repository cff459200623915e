using Neptune.Client;
using Neptune.Contracts;
using Neptune.Data;
using Neptune.ModelGraph;
using Spectre.Console;

namespace Neptune.Cli;

/// <summary>Says what went wrong in one line, and gives the exit code for it.</summary>
internal static class ErrorReport
{
    /// <summary>Reports an error of a command.</summary>
    public static int Write(Output output, Exception error, bool verbose)
    {
        var exitCode = ExitCodeOf(error);
        var message = error switch
        {
            _ when IsExpected(error) => error.Message,
            OperationCanceledException => "Interrupted before the end.",
            _ => $"Unexpected {error.GetType().Name}: {error.Message} Run it again with --verbose to see where.",
        };
        Write(output, message, exitCode);
        if (verbose)
        {
            output.Errors.WriteLine(error.ToString());
        }
        return exitCode;
    }

    /// <summary>Writes the line, and the last JSON object where standard output is for programs.</summary>
    public static void Write(Output output, string message, int exitCode)
    {
        output.Errors.MarkupLineInterpolated($"[red]error: {message}[/]");
        output.Event(
            new
            {
                @event = "error",
                message,
                exitCode,
            }
        );
    }

    private static int ExitCodeOf(Exception error) =>
        error switch
        {
            UsageException or GraphException or ArgumentException => ExitCode.WrongUsage,
            ClusterUnreachableException => ExitCode.NotReachable,
            UnauthorizedAccessException => ExitCode.NotAllowed,
            _ => ExitCode.Failed,
        };

    private static bool IsExpected(Exception error) =>
        error
            is UsageException
                or NeptuneException
                or GraphException
                or PackageException
                or DatasetException
                or JobCancelledException
                or ArgumentException
                or IOException
                or UnauthorizedAccessException;
}
