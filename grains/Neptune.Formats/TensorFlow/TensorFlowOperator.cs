using System.Collections.Immutable;

namespace Neptune.Formats;

/// <summary>An operator of TensorFlow: how it is imported, or why not.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Translate">Gives its outputs; null where it is refused.</param>
/// <param name="Trained">Which weights of it are trained; empty for none.</param>
/// <param name="Remarks">The settings that are known, or the reason why it is refused.</param>
internal sealed record TensorFlowOperator(
    string Name,
    Func<TensorFlowCall, ImmutableArray<TensorFlowValue>>? Translate,
    string Trained,
    string Remarks
)
{
    /// <summary>Operators of one output that are translated alike.</summary>
    public static IEnumerable<TensorFlowOperator> Of(
        string names,
        Func<TensorFlowCall, TensorFlowValue> translate,
        string remarks = "",
        string trained = ""
    ) => names.Split(' ').Select(name => new TensorFlowOperator(name, call => [translate(call)], trained, remarks));
}
