using System.Text.RegularExpressions;

namespace Neptune.Contracts;

/// <summary>A job's name in the cluster. It checks itself.</summary>
[GenerateSerializer, Immutable, Alias("neptune.job-id")]
public readonly partial record struct JobId
{
    /// <summary>The name as given.</summary>
    /// <exception cref="ArgumentException">It is not letters a-z, digits, '.', '_' and '-', at most 100, beginning with a letter or digit.</exception>
    public JobId(string value)
    {
        if (value is null || !Valid().IsMatch(value))
        {
            throw new ArgumentException(
                $"'{value}' is no name of a job: use letters a-z, digits, '.', '_' and '-', at most 100, beginning with a letter or digit."
            );
        }
        Value = value;
    }

    /// <summary>The name as text.</summary>
    [Id(0)]
    public string Value { get; private init; }

    /// <summary>A name that no other job has.</summary>
    public static JobId New() => new($"job-{Guid.CreateVersion7():N}"[..20] + Guid.NewGuid().ToString("N")[..4]);

    /// <summary>The name as text.</summary>
    public override string ToString() => Value;

    [GeneratedRegex(@"^[a-z0-9][a-z0-9._-]{0,99}$", RegexOptions.CultureInvariant)]
    private static partial Regex Valid();
}
