using System.Collections.Immutable;

namespace Neptune.Formats;

/// <summary>What a file or folder of TensorFlow holds, as yet untranslated.</summary>
internal sealed record TensorFlowModel
{
    /// <summary>The file's or folder's name, for errors and for the graph.</summary>
    public required string File { get; init; }

    /// <summary>What it is, such as <c>TensorFlow SavedModel (2.11.0)</c>.</summary>
    public required string Source { get; init; }

    /// <summary>The graph.</summary>
    public required TensorFlowGraph Graph { get; init; }

    /// <summary>The signatures by name; none of a frozen graph.</summary>
    public ImmutableSortedDictionary<string, TensorFlowSignature> Signatures { get; init; } =
        ImmutableSortedDictionary<string, TensorFlowSignature>.Empty;

    /// <summary>The values of variables; null where the file has none beside it.</summary>
    public TensorFlowVariables? Variables { get; init; }

    /// <summary>What a user should know.</summary>
    public ImmutableArray<string> Notes { get; init; } = [];
}
