using System.Collections.Immutable;
using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>Poolings over one to three lengths, by windows and over everything.</summary>
internal static class KerasPooling
{
    private static readonly ImmutableArray<(string, int)> Ranks = [("1D", 1), ("2D", 2), ("3D", 3)];

    /// <summary>The family.</summary>
    public static ImmutableArray<KerasLayerDefinition> All { get; } =
    [
        .. Ranks.SelectMany(r =>
            new[]
            {
                KerasLayerDefinition.Of($"MaxPooling{r.Item1}", s => Pool(s, r.Item2, "MaxPool")),
                KerasLayerDefinition.Of($"AveragePooling{r.Item1}", s => Pool(s, r.Item2, "AveragePool")),
                KerasLayerDefinition.Of($"GlobalMaxPooling{r.Item1}", s => Global(s, r.Item2, "Max")),
                KerasLayerDefinition.Of($"GlobalAveragePooling{r.Item1}", s => Global(s, r.Item2, "Average")),
            }
        ),
    ];

    private static KerasValue Pool(KerasScope scope, int lengths, string type)
    {
        var window = KerasWindow.Read(scope, lengths, "pool_size");
        var input = scope.InputOfRank(lengths + 2);
        scope.RequireNoMask();
        var result = window.Pool(scope, type, scope.ChannelsSecond(input, window.IsChannelsLast));
        return scope.FromChannelsSecond(result, window.IsChannelsLast);
    }

    private static KerasValue Global(KerasScope scope, int lengths, string kind)
    {
        var input = scope.InputOfRank(lengths + 2);
        var isLast = scope.IsChannelsLast();
        var keeps = scope.Config.Bool("keepdims", false);
        if (input.Mask?.Steps is { } mask && kind == "Average" && lengths == 1 && isLast)
        {
            return MaskedMean(scope, scope.Graph.Plain(input), mask, keeps);
        }
        scope.RequireNoMask();
        // A sequence that is not moved yet needs no moving: the steps are reduced where they are.
        if (isLast && !input.IsMoved)
        {
            var axes = Enumerable.Range(1, lengths).Select(axis => (long)axis).ToArray();
            var type = kind == "Max" ? "ReduceMax" : "ReduceMean";
            return scope.Graph.FromPlain(
                scope.Append(type, [scope.Graph.Plain(input)], ("axes", axes), ("keepdims", keeps ? 1L : 0L))
            );
        }
        var pooled = scope.Append($"Global{kind}Pool", [scope.ChannelsSecond(input, isLast)]);
        return keeps
            ? scope.FromChannelsSecond(pooled, isLast)
            : scope.Graph.FromPlain(scope.Then("features", "Flatten", [pooled]));
    }

    // Over the steps that count; without any, 0 / 0 as in Keras.
    private static KerasValue MaskedMean(KerasScope scope, string steps, string mask, bool keeps)
    {
        (string, AttributeValue)[] reduced = [("axes", new long[] { 1 }), ("keepdims", keeps ? 1L : 0L)];
        var counts = scope.Then("counts", "Cast", [mask], ("to", "Float32"));
        var kept = scope.Then("kept", "Mul", [steps, counts]);
        var sum = scope.Then("sum", "ReduceSum", [kept], reduced);
        var number = scope.Then("number", "ReduceSum", [counts], reduced);
        return scope.Graph.FromPlain(scope.Append("Div", [sum, number]));
    }
}
