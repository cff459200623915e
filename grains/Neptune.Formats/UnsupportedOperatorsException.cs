using System.Collections.Immutable;

namespace Neptune.Formats;

/// <summary>A model uses operators that Neptune does not know, or in a way it does not know: all of them are listed at once.</summary>
public sealed class UnsupportedOperatorsException : ModelFileException
{
    /// <summary>An error without a message; use one of the others.</summary>
    public UnsupportedOperatorsException() { }

    /// <summary>An error that says what is wrong and what to do.</summary>
    public UnsupportedOperatorsException(string message)
        : base(message) { }

    /// <summary>An error that says what is wrong and what to do, and what led to it.</summary>
    public UnsupportedOperatorsException(string message, Exception innerException)
        : base(message, innerException) { }

    /// <summary>An error that lists them.</summary>
    /// <param name="file">The file's name.</param>
    /// <param name="problems">One line each: operator, nodes that use it, reason.</param>
    /// <param name="remedy">What else can be done; empty for nothing.</param>
    public UnsupportedOperatorsException(string file, ImmutableArray<string> problems, string remedy = "")
        : base(
            $"{file} uses {(problems.Length == 1 ? "an operator that is" : $"{problems.Length} operators that are")} not "
                + $"supported:\n{string.Join('\n', problems)}{(remedy.Length > 0 ? $"\n{remedy}" : "")}"
        )
    {
        Problems = problems;
    }

    /// <summary>One line for each operator.</summary>
    public ImmutableArray<string> Problems { get; } = [];
}
