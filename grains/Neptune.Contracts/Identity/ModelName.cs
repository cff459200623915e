using System.Text.RegularExpressions;

namespace Neptune.Contracts;

/// <summary>A model's name in the registry. It checks itself.</summary>
[GenerateSerializer, Immutable, Alias("neptune.model-name")]
public readonly partial record struct ModelName
{
    /// <summary>The name as given.</summary>
    /// <exception cref="ArgumentException">It is not letters, digits, '.', '_' and '-', at most 100, beginning with a letter or digit.</exception>
    public ModelName(string value)
    {
        if (value is null || !Valid().IsMatch(value))
        {
            throw new ArgumentException(
                $"'{value}' is no name of a model: use letters, digits, '.', '_' and '-', at most 100, beginning with a letter or digit."
            );
        }
        Value = value;
    }

    /// <summary>The name as text.</summary>
    [Id(0)]
    public string Value { get; private init; }

    /// <summary>The name as text.</summary>
    public override string ToString() => Value;

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$", RegexOptions.CultureInvariant)]
    private static partial Regex Valid();
}
