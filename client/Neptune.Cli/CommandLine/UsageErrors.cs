using System.CommandLine;
using System.CommandLine.Parsing;
using Neptune.ModelGraph;

namespace Neptune.Cli;

/// <summary>Says what is wrong with a command line, and offers the nearest valid names.</summary>
internal static class UsageErrors
{
    /// <summary>One sentence or more, without a line break.</summary>
    public static string Describe(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        if (
            parsed
                .CommandResult.Children.OfType<ArgumentResult>()
                .Select(OptionIn)
                .FirstOrDefault(t => t is not null) is
            { } taken
        )
        {
            return Unknown(command, taken) + Help(parsed);
        }
        if (parsed.UnmatchedTokens.Count > 0)
        {
            return Unknown(command, parsed.UnmatchedTokens[0]) + Help(parsed);
        }
        if (command.Subcommands.Count > 0)
        {
            return $"There is no command. Give one of: {string.Join(", ", command.Subcommands.Select(c => c.Name))}."
                + Help(parsed);
        }
        var messages = parsed.Errors.Select(e => e.Message.TrimEnd('.') + ".").Distinct(StringComparer.Ordinal);
        return string.Join(" ", messages) + Help(parsed);
    }

    /// <summary>Refuses an option that is not known where it would be taken for the argument.</summary>
    public static void RefuseOptions(ArgumentResult argument)
    {
        if (OptionIn(argument) is { } option)
        {
            argument.AddError($"There is no option {option}.");
        }
    }

    private static string? OptionIn(ArgumentResult argument) =>
        argument.Tokens.Select(token => token.Value).FirstOrDefault(t => t.StartsWith("--", StringComparison.Ordinal));

    private static string Unknown(Command command, string token)
    {
        if (token.StartsWith('-'))
        {
            var options = command.Options.Concat(GlobalOptions.All).Where(o => !o.Hidden).Select(o => o.Name);
            return $"There is no option {token}. {NearestNames.Offer(token, options)}";
        }
        return command.Subcommands.Count > 0
            ? $"There is no command '{token}'. {NearestNames.Offer(token, command.Subcommands.Select(c => c.Name))}"
            : $"'{token}' is one argument too many.";
    }

    private static string Help(ParseResult parsed)
    {
        var names = new List<string>();
        for (SymbolResult? result = parsed.CommandResult; result is CommandResult command; result = result.Parent)
        {
            names.Insert(0, command.Command is RootCommand ? "neptune" : command.Command.Name);
        }
        return $" `{string.Join(' ', names)} --help` shows what it takes.";
    }
}
