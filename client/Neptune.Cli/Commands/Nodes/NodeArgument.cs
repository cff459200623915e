using System.CommandLine;

namespace Neptune.Cli.Commands;

/// <summary>The node that a command is about.</summary>
internal static class NodeArgument
{
    public static Argument<string> Create() =>
        new("NODE") { Description = "The node's name, as `neptune nodes list` shows it." };
}
