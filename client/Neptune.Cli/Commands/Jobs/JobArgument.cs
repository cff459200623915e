using System.CommandLine;

namespace Neptune.Cli.Commands;

/// <summary>The job that a command is about.</summary>
internal static class JobArgument
{
    public static Argument<string> Create() =>
        new("JOB") { Description = "The job's id, as `neptune jobs list` shows it." };
}
