using System.Collections.Immutable;
using Neptune.ModelGraph;

namespace Neptune.Formats;

// N samples, T steps

/// <summary>A layer or model at every step: steps become samples, and samples steps again.</summary>
internal static class KerasTimeDistributed
{
    // These look at the last dimension only, or at single elements.
    private static readonly string[] Stepwise =
    [
        "Activation",
        "Dense",
        "Dropout",
        "LayerNormalization",
        "LeakyReLU",
        "ReLU",
    ];

    /// <summary>Adds the operations.</summary>
    public static ImmutableArray<KerasValue> Apply(KerasScope scope)
    {
        if (scope.Layer.Wrapped is not [("layer", var inner)])
        {
            throw scope.Refused("it wraps no layer");
        }
        var input = scope.Input;
        if (input.Shape.Rank < 3 && inner.Model is null && !Stepwise.Contains(inner.Class))
        {
            throw new GraphException($"its input has shape {input.Shape}, and must be a sequence.");
        }
        if (Stepwise.Contains(inner.Class))
        {
            return Call(scope, inner, input) ?? throw scope.Refused("the layer inside cannot be imported");
        }
        scope.RequireNoMask();
        var steps = scope.Length(input, 1);
        var sample = input.Shape.Dimensions[2..];
        if (!sample.All(d => d.IsFixed))
        {
            throw new GraphException(
                $"its input has shape {input.Shape}, and all lengths behind the batch must be known."
            );
        }
        var flat = scope.Then(
            "steps",
            "Reshape",
            [scope.Graph.Plain(input)],
            ("shape", (long[])[-1, .. sample.Select(d => d.Length)])
        );
        if (Call(scope, inner, scope.Graph.FromPlain(flat)) is not [var result])
        {
            throw scope.Refused("the layer inside cannot be imported, or has several outputs");
        }
        var lengths = result.Shape.Dimensions[1..];
        if (!lengths.All(d => d.IsFixed))
        {
            throw new GraphException($"the layer inside gives {result.Shape}, and all lengths must be known.");
        }
        var target = new[] { -1, steps }.Concat(lengths.Select(d => d.Length)).ToArray();
        return [scope.Graph.FromPlain(scope.Append("Reshape", [scope.Graph.Plain(result)], ("shape", target)))];
    }

    private static ImmutableArray<KerasValue>? Call(KerasScope scope, KerasLayer inner, KerasValue input) =>
        scope.Translation.Call(
            inner,
            KerasLeaf.Join(scope.Path, ""),
            scope.IsTrainable,
            [input],
            new([], KerasCalls.None, new(default, scope.Config.Where)),
            ImmutableDictionary<string, ImmutableArray<KerasValue>>.Empty
        );
}
