using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Numerics;

namespace Neptune.Cli;

/// <summary>Makes options whose numbers check themselves.</summary>
internal static class NumberOption
{
    /// <summary>A whole number with a default.</summary>
    public static Option<int> WithDefault(string name, string description, int byDefault, int least = 1) =>
        new(name)
        {
            Description = description,
            HelpName = "N",
            DefaultValueFactory = _ => byDefault,
            CustomParser = result => Parse(result, name, least, int.MaxValue, $"a whole number of at least {least}"),
        };

    /// <summary>A whole number that may be left out.</summary>
    public static Option<int?> Optional(string name, string description, int least = 1, params string[] aliases) =>
        new(name, aliases)
        {
            Description = description,
            HelpName = "N",
            CustomParser = result => Parse(result, name, least, int.MaxValue, $"a whole number of at least {least}"),
        };

    /// <summary>A class number that may be left out.</summary>
    public static Option<long?> OptionalClass(string name, string description) =>
        new(name)
        {
            Description = description,
            HelpName = "CLASS",
            CustomParser = result => Parse(result, name, 0L, long.MaxValue, "the number of a class, from 0"),
        };

    /// <summary>The seed of a job.</summary>
    public static Option<ulong> Seed(ulong byDefault) =>
        new("--seed")
        {
            Description = "The seed of weights, splits, order and dropout: the weights' bits follow from it.",
            HelpName = "N",
            DefaultValueFactory = _ => byDefault,
            CustomParser = result =>
                Parse(result, "--seed", 0UL, ulong.MaxValue, "a whole number from 0 to 18446744073709551615"),
        };

    /// <summary>A share in [0, 1).</summary>
    public static Option<double> Share(string name, string description, double byDefault) =>
        new(name)
        {
            Description = description,
            HelpName = "SHARE",
            DefaultValueFactory = _ => byDefault,
            CustomParser = result =>
                Parse(result, name, 0.0, Math.BitDecrement(1.0), "at least 0 and less than 1, such as 0.1"),
        };

    /// <summary>A step of a job that may be left out.</summary>
    public static Option<long?> Step(string name, string description) =>
        new(name)
        {
            Description = description,
            HelpName = "STEP",
            CustomParser = result => Parse(result, name, 1L, long.MaxValue, "the number of a step, from 1"),
        };

    /// <summary>A number above 0 that may be left out.</summary>
    public static Option<double?> Above0(string name, string description, string help, double most) =>
        new(name)
        {
            Description = description,
            HelpName = help,
            CustomParser = result => Parse(result, name, double.Epsilon, most, $"a number above 0, and at most {most}"),
        };

    private static T Parse<T>(ArgumentResult result, string name, T least, T most, string allowed)
        where T : struct, INumber<T>
    {
        var text = result.Tokens[^1].Value;
        if (T.TryParse(text, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most)
        {
            return value;
        }
        result.AddError($"{name} is {text}. Give {allowed}.");
        return least;
    }
}
