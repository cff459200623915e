using System.Collections.Immutable;
using Neptune.ModelGraph;

namespace Neptune.Formats;

// N samples, T steps asked, S steps seen, F features, H heads, E a head's width

/// <summary>Attention of several heads: softmax(Q K' / sqrt(E)) V for each head, then all heads mixed.</summary>
internal static class KerasAttention
{
    /// <summary>The family.</summary>
    public static ImmutableArray<KerasLayerDefinition> All { get; } =
    [
        KerasLayerDefinition.Of("MultiHeadAttention", Attend) with
        {
            Variables = Variables,
            Trained = "yes, but not with dropout",
            Remarks = "attention_mask, use_causal_mask, attention_axes and scores as a second output are refused",
        },
    ];

    private static readonly string[] Parts = ["query", "key", "value", "output"];
    private static readonly string[] Asked = ["query", "value", "key"];

    private static ImmutableArray<KerasVariable> Variables(KerasConfig config)
    {
        var hasBias = config.Bool("use_bias", true);
        return
        [
            .. Parts.SelectMany(part =>
                hasBias
                    ? [new KerasVariable($"{part}/kernel", $"{part}_dense"), new($"{part}/bias", $"{part}_dense")]
                    : new[] { new KerasVariable($"{part}/kernel", $"{part}_dense") }
            ),
        ];
    }

    private static KerasValue Attend(KerasScope scope)
    {
        var config = scope.Config;
        scope.RequireNoMask();
        config.Ignore("output_shape", "query_shape", "key_shape", "value_shape", "flash_attention");
        if (config.Find("attention_axes") is not null && config.IntList("attention_axes") is not [1])
        {
            throw scope.Refused("attention_axes are not known");
        }
        if (config.Float("dropout", 0) > 0)
        {
            scope.TrainingDiffers("drops shares of attention out in training (dropout)");
        }
        var (query, value, key) = Tensors(scope);
        var (heads, width) = (config.Count("num_heads"), config.Count("key_dim"));
        var valueWidth = config.Find("value_dim") is null ? width : config.Count("value_dim");
        var features = scope.Length(query, -1);
        var q_NTHE = Project(scope, query, "query", heads, width);
        var k_NSHE = Project(scope, key, "key", heads, width);
        var v_NSHE = Project(scope, value, "value", heads, valueWidth);
        var scale = scope.Constant("scale", Shape.Scalar, 1 / MathF.Sqrt(width));
        var scaled = scope.Then("scaled_query", "Mul", [q_NTHE, scale]);
        var scores_NHTS = scope.Then("scores", "Einsum", [scaled, k_NSHE], ("equation", "nthe,nshe->nhts"));
        var shares = scope.Then("shares", "Softmax", [scores_NHTS], ("axis", -1L));
        var seen_NTHE = scope.Then("seen", "Einsum", [shares, v_NSHE], ("equation", "nhts,nshe->nthe"));
        var kernel = scope.Translation.ShapeOf(scope, "output/kernel");
        if (kernel.Rank != 3 || kernel[0] != heads || kernel[1] != valueWidth)
        {
            throw scope.Refused($"an output kernel of shape {kernel} is not known");
        }
        var mixed = scope.Append(
            "Einsum",
            [seen_NTHE, Weight(scope, "output", kernel, heads * valueWidth, features)],
            ("equation", "nthe,hef->ntf")
        );
        return scope.Graph.FromPlain(AddBias(scope, "output", mixed, new(kernel[2])));
    }

    /// <summary>Query, value and key of an attention's call; the key is the value where none is given.</summary>
    internal static (KerasValue Query, KerasValue Value, KerasValue Key) Tensors(KerasScope scope)
    {
        var others = scope.Named.Keys.Except(Asked, StringComparer.Ordinal).ToArray();
        if (
            others.Length > 0
            || scope.Call.Settings.Bool("use_causal_mask", false)
            || scope.Call.Settings.Bool("return_attention_scores", false)
        )
        {
            throw scope.Refused(
                $"it is called with {string.Join(", ", others.DefaultIfEmpty("use_causal_mask or return_attention_scores"))}"
            );
        }
        var all = scope.Inputs.ToList();
        foreach (var name in Asked)
        {
            all.AddRange(scope.Named.GetValueOrDefault(name, []));
        }
        if (all.Count is < 2 or > 3 || all.Any(value => value.Shape.Rank != 3))
        {
            throw scope.Refused("it must be called on two or three sequences (batch, steps, features)");
        }
        return (scope.Real(all[0]), scope.Real(all[1]), scope.Real(all[^1]));
    }

    private static string Project(KerasScope scope, KerasValue value, string part, long heads, long width)
    {
        var features = scope.Length(value, -1);
        var product = scope.Then(
            $"{part}_product",
            "Einsum",
            [scope.Graph.Plain(value), Weight(scope, part, Shape.Of(features, heads, width), features, heads * width)],
            ("equation", "ntf,fhe->nthe")
        );
        return AddBias(scope, part, product, Shape.Of(heads, width));
    }

    private static string Weight(KerasScope scope, string part, Shape shape, long from, long to) =>
        scope.Parameter($"{part}/kernel", $"{part}_weight", shape, null, new Initializer.GlorotUniform(from, to));

    private static string AddBias(KerasScope scope, string part, string value, Shape shape) =>
        scope.Config.Bool("use_bias", true)
            ? scope.Then(
                $"{part}_sum",
                "Add",
                [value, scope.Parameter($"{part}/bias", $"{part}_bias", shape, null, Initializer.Zeros)]
            )
            : value;
}
