using System.Collections.Immutable;
using Neptune.ModelGraph;

namespace Neptune.Formats;

// N samples, T steps asked, S steps seen, F features

/// <summary>
/// Attention of one head without projections: softmax(scores) V. Scores are Q K', times a trained number where there is one
/// (Luong), or the sums of tanh(Q + K), times trained numbers where there are some (Bahdanau).
/// </summary>
internal static class KerasDotAttention
{
    private const string Remarks = "masks, use_causal_mask and scores as a second output are refused";

    /// <summary>The family.</summary>
    public static ImmutableArray<KerasLayerDefinition> All { get; } =
    [
        KerasLayerDefinition.Of("Attention", s => Attend(s, Products)) with
        {
            Variables = config =>
                IsConcat(config) ? [.. Scale(config), new KerasVariable("concat_score_weight")] : Scale(config),
            Trained = "yes, but not with dropout",
            Remarks = Remarks,
        },
        KerasLayerDefinition.Of("AdditiveAttention", s => Attend(s, Sums)) with
        {
            Variables = config => config.Bool("use_scale", true) ? [new("scale")] : [],
            Trained = "yes, but not with dropout",
            Remarks = Remarks,
        },
    ];

    private static ImmutableArray<KerasVariable> Scale(KerasConfig config) =>
        config.Bool("use_scale", false) ? [new("scale")] : [];

    private static bool IsConcat(KerasConfig config) => config.Text("score_mode", "dot") == "concat";

    private static KerasValue Attend(KerasScope scope, Func<KerasScope, KerasValue, KerasValue, string> scoresOf)
    {
        scope.RequireNoMask();
        if (scope.Config.Float("dropout", 0) > 0)
        {
            scope.TrainingDiffers("drops shares of attention out in training (dropout)");
        }
        if (scope.Config.Bool("causal", false))
        {
            throw scope.Refused("causal is not known");
        }
        var (query, value, key) = KerasAttention.Tensors(scope);
        var shares_NTS = scope.Then("shares", "Softmax", [scoresOf(scope, query, key)], ("axis", -1L));
        var seen_NTF = scope.Append("MatMul", [shares_NTS, scope.Graph.Plain(value)]);
        return scope.Graph.FromPlain(seen_NTF);
    }

    private static string Products(KerasScope scope, KerasValue query, KerasValue key)
    {
        var mode = scope.Config.Text("score_mode", "dot");
        var isScaled = scope.Config.Bool("use_scale", false);
        string? Scale() => isScaled ? scope.Parameter("scale", "scale", Shape.Scalar, null, Initializer.Ones) : null;
        if (mode == "concat")
        {
            var sum = Pairs(scope, query, key);
            var angle = Scale() is { } factor ? scope.Then("scaled", "Mul", [factor, sum]) : sum;
            var weight = scope.Parameter("concat_score_weight", "score_weight", Shape.Scalar, null, Initializer.Ones);
            return scope.Then("scores", "Mul", [weight, SumOfTanh(scope, angle, null)]);
        }
        if (mode != "dot")
        {
            throw scope.Config.Error($"score_mode is {mode}, and must be dot or concat");
        }
        string[] both = [scope.Graph.Plain(query), scope.Graph.Plain(key)];
        var products = scope.Then("products", "Einsum", both, ("equation", "ntf,nsf->nts"));
        return Scale() is { } scale ? scope.Then("scores", "Mul", [products, scale]) : products;
    }

    private static string Sums(KerasScope scope, KerasValue query, KerasValue key)
    {
        var features = scope.Length(key, -1);
        var scale = scope.Config.Bool("use_scale", true)
            ? scope.Parameter(
                "scale",
                "scale",
                Shape.Of(features),
                null,
                new Initializer.GlorotUniform(features, features)
            )
            : null;
        return SumOfTanh(scope, Pairs(scope, query, key), scale);
    }

    // The sum of each step asked and each seen.
    private static string Pairs(KerasScope scope, KerasValue query, KerasValue key)
    {
        var q_NT1F = scope.Then("query", "Unsqueeze", [scope.Graph.Plain(query)], ("axes", new long[] { 2 }));
        var k_N1SF = scope.Then("key", "Unsqueeze", [scope.Graph.Plain(key)], ("axes", new long[] { 1 }));
        return scope.Then("pairs", "Add", [q_NT1F, k_N1SF]);
    }

    private static string SumOfTanh(KerasScope scope, string pairs_NTSF, string? scale)
    {
        var tanh = scope.Then("tanh", "Tanh", [pairs_NTSF]);
        var terms = scale is null ? tanh : scope.Then("terms", "Mul", [tanh, scale]);
        return scope.Then("sums", "ReduceSum", [terms], ("axes", new long[] { -1 }), ("keepdims", 0L));
    }
}
