using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Net;

namespace Neptune.Silo;

/// <summary>Makes options that may also be given by an environment variable, and that check themselves.</summary>
internal static class SiloSetting
{
    /// <summary>An option whose text is read by <paramref name="parse"/>, which throws a FormatException that says what would do.</summary>
    public static Option<T> Of<T>(
        string name,
        string helpName,
        string description,
        T byDefault,
        Func<string, T> parse,
        string? shownDefault = null
    )
    {
        var variable = VariableOf(name);
        return new(name)
        {
            Description =
                $"{description} (or ${variable})"
                + (shownDefault is null ? "." : $"; {shownDefault} where neither says."),
            HelpName = helpName,
            DefaultValueFactory = result =>
                FromEnvironment(name) is { } text ? Parse(result, $"${variable}", text) : byDefault,
            CustomParser = result => Parse(result, name, string.Join(',', result.Tokens.Select(t => t.Value))),
        };

        T Parse(ArgumentResult result, string from, string text)
        {
            try
            {
                return parse(text);
            }
            catch (FormatException error)
            {
                result.AddError($"{from} is {text}. {error.Message}");
            }
            catch (ArgumentException error)
            {
                result.AddError(error.Message);
            }
            return byDefault;
        }
    }

    /// <summary>A whole number.</summary>
    public static Option<int> Number(
        string name,
        string description,
        int byDefault,
        int least,
        int most = int.MaxValue
    ) =>
        Of(
            name,
            "N",
            description,
            byDefault,
            text =>
                int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
                && value >= least
                && value <= most
                    ? value
                    : throw new FormatException(
                        most == int.MaxValue
                            ? $"Give a whole number of at least {least}."
                            : $"Give a whole number from {least} to {most}."
                    ),
            $"{byDefault}"
        );

    /// <summary>A port; 0 is a free one.</summary>
    public static Option<int> Port(string name, string description) =>
        Number(name, $"{description}, 0 for a free one", 0, 0, IPEndPoint.MaxPort);

    /// <summary>A switch.</summary>
    public static Option<bool> Switch(string name, string description)
    {
        var option = Of(name, "", description, false, Read);
        option.Arity = ArgumentArity.ZeroOrOne;
        return option;

        static bool Read(string text) =>
            text switch
            {
                "" or "true" or "1" => true,
                "false" or "0" => false,
                _ => throw new FormatException("Give true or false."),
            };
    }

    /// <summary>True where the command line or the environment says something.</summary>
    public static bool IsGiven(ParseResult arguments, Option option) =>
        arguments.GetResult(option) is { Implicit: false } || FromEnvironment(option.Name) is not null;

    private static string VariableOf(string name) => "NEPTUNE_" + name[2..].Replace('-', '_').ToUpperInvariant();

    private static string? FromEnvironment(string name) =>
        Environment.GetEnvironmentVariable(VariableOf(name)) is { Length: > 0 } text ? text : null;
}
