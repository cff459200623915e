using System.Collections.Immutable;

namespace Neptune.Formats;

/// <summary>Steps that are computed of arguments, once or more often: a function, or one round of a loop.</summary>
/// <param name="Arguments">The steps that stand for the arguments.</param>
/// <param name="Results">What makes each result.</param>
/// <param name="Steps">The steps that the results need, in an order in which each reads only what comes before.</param>
internal sealed record TensorFlowBody(
    ImmutableArray<TensorFlowStep> Arguments,
    ImmutableArray<TensorFlowSource> Results,
    ImmutableArray<TensorFlowStep> Steps
)
{
    /// <summary>The operator of a step that stands for an argument.</summary>
    public const string ArgumentOp = "neptune.argument";

    /// <summary>A step that stands for an argument.</summary>
    public static TensorFlowStep Argument(string name) =>
        new(name, ArgumentOp, ImmutableDictionary<string, TensorFlowAttribute>.Empty);

    /// <summary>A body of what makes its results.</summary>
    /// <param name="arguments">The steps that stand for the arguments.</param>
    /// <param name="results">What makes each result.</param>
    /// <param name="file">The file's name, for errors.</param>
    /// <exception cref="ModelFileException">A step needs itself.</exception>
    public static TensorFlowBody Of(
        ImmutableArray<TensorFlowStep> arguments,
        List<TensorFlowSource> results,
        string file
    )
    {
        TensorFlowPatterns.Apply(results, file);
        return new(arguments, [.. results], [.. TensorFlowOrder.Of(results, file)]);
    }
}
