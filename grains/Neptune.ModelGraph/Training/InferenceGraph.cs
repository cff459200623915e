using System.Collections.Immutable;

namespace Neptune.ModelGraph;

/// <summary>A graph that answers: no training-only operations, and what stands before and behind it.</summary>
public sealed record InferenceGraph
{
    /// <summary>What is computed.</summary>
    public required Graph Graph { get; init; }

    /// <summary>Raw features are multiplied by this first: 1/255 for byte pixels, 1/16 for the UCI digits.</summary>
    public float InputScale { get; init; } = 1;

    /// <summary>The names of the classes in order; empty where the output is no classification.</summary>
    public ImmutableArray<string> Labels { get; init; } = [];

    /// <summary>True where the output holds logits, and a softmax turns them into probabilities.</summary>
    public bool OutputIsLogits { get; init; }
}
