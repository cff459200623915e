using System.Globalization;

namespace Neptune.Contracts;

/// <summary>
/// The version of another job that a job starts from: it takes weights, optimizer state and position in the data.
/// </summary>
[GenerateSerializer, Immutable, Alias("neptune.job-origin")]
public sealed record JobOrigin
{
    /// <summary>The other job.</summary>
    [Id(0)]
    public required JobId Job { get; init; }

    /// <summary>After which of its steps. Null in a submission takes the newest that is kept.</summary>
    [Id(1)]
    public long? Step { get; init; }

    /// <summary>
    /// The training package with that state, which is the job's own: whatever the other job removes, it stays. Null in
    /// a submission has it made.
    /// </summary>
    [Id(2)]
    public string? Artifact { get; init; }

    /// <summary>Reads <c>JOB[@STEP]</c>; the newest version where the step is left out.</summary>
    /// <exception cref="ArgumentException">The text has another form.</exception>
    public static JobOrigin Parse(string text)
    {
        var at = text.IndexOf('@', StringComparison.Ordinal);
        if (at < 0)
        {
            return new() { Job = new(text) };
        }
        return long.TryParse(text.AsSpan(at + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var step)
            ? new() { Job = new(text[..at]), Step = step }
            : throw new ArgumentException(
                $"'{text}' is no version of a job: write JOB or JOB@STEP, such as job-1@812."
            );
    }

    /// <summary>For example <c>job-1@812</c>.</summary>
    public override string ToString() => Step is { } step ? $"{Job}@{step}" : Job.Value;
}
