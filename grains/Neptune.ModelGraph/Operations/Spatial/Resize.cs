using System.Collections.Immutable;

namespace Neptune.ModelGraph.Operations;

/// <summary>
/// X with other lengths: by factors (<c>scales</c>) or to lengths (<c>sizes</c>), along all axes or those in
/// <c>axes</c>. Both may be an input or, where they never change, an attribute.
/// </summary>
internal sealed class Resize : IOperationDefinition
{
    private static readonly string[] Modes = ["cubic", "linear", "nearest"];

    private static readonly string[] Coordinates =
    [
        "align_corners",
        "asymmetric",
        "half_pixel",
        "half_pixel_symmetric",
        "pytorch_half_pixel",
        "tf_crop_and_resize",
        "tf_half_pixel_for_nn",
    ];

    private static readonly string[] Roundings = ["ceil", "floor", "round_prefer_ceil", "round_prefer_floor"];
    private static readonly string[] Policies = ["not_larger", "not_smaller", "stretch"];

    public string Type => "Resize";

    public ImmutableArray<string> Inputs => ["X", "roi", "scales", "sizes"];

    public int RequiredInputs => 1;

    public ImmutableArray<AttributeDefinition> Attributes =>
        [
            AttributeDefinition.Int("antialias"),
            AttributeDefinition.Ints("axes"),
            AttributeDefinition.Text("coordinate_transformation_mode"),
            AttributeDefinition.Float("cubic_coeff_a"),
            AttributeDefinition.Int("exclude_outside"),
            AttributeDefinition.Float("extrapolation_value"),
            AttributeDefinition.Text("keep_aspect_ratio_policy"),
            AttributeDefinition.Text("mode"),
            AttributeDefinition.Text("nearest_mode"),
            AttributeDefinition.Floats("scales"),
            AttributeDefinition.Ints("sizes"),
        ];

    public TensorType Infer(OperationScope scope)
    {
        RequireOneOf(scope, "mode", "nearest", Modes);
        RequireOneOf(scope, "coordinate_transformation_mode", "half_pixel", Coordinates);
        RequireOneOf(scope, "nearest_mode", "round_prefer_floor", Roundings);
        RequireOneOf(scope, "keep_aspect_ratio_policy", "stretch", Policies);
        _ = scope.Flag("antialias");
        _ = scope.Flag("exclude_outside");
        var x = scope.Shape(0);
        if (scope.Operation.Text("mode", "nearest") != "nearest" && !scope[0].Type.IsFloating())
        {
            throw scope.Error($"X is {scope[0].Type}, and only mode nearest takes whole numbers. Cast X first.");
        }
        var attributes = scope.Operation.Attributes;
        var named = scope.Operation.Ints("axes", [.. Enumerable.Range(0, x.Rank).Select(i => (long)i)]);
        var axes = named.Select(axis => scope.Axis("axes", axis, x.Rank, 0)).ToArray();
        if (!attributes.ContainsKey("scales") && !attributes.ContainsKey("sizes") && !scope.Has(2) && !scope.Has(3))
        {
            throw scope.Error("it has neither scales nor sizes. Give one of them.");
        }
        var dimensions = x.Dimensions.ToArray();
        var sizes = attributes.ContainsKey("sizes") ? KnownElements.Of(scope.Operation.Ints("sizes")) : scope.Known(3);
        var scales = scope.Operation.Floats("scales");
        RequireLength(scope, "sizes", sizes?.Elements.Length, axes);
        RequireLength(scope, "scales", scales.IsEmpty ? null : scales.Length, axes);
        var stretches = scope.Operation.Text("keep_aspect_ratio_policy", "stretch") == "stretch";
        for (var i = 0; i < axes.Length; i++)
        {
            var length = dimensions[axes[i]];
            dimensions[axes[i]] =
                sizes is not null && stretches ? sizes.Elements[i].AsDimension()
                : sizes is null && !scales.IsEmpty ? Scaled(scope, length, scales[i])
                : Dimension.Unknown;
        }
        return new(scope[0].Type, new([.. dimensions]));
    }

    internal static Dimension Scaled(OperationScope scope, Dimension length, float scale) =>
        !(scale > 0) || !float.IsFinite(scale) ? throw scope.Error($"scales has {scale}, and must be greater than 0.")
        : scale == 1 ? length
        : length.IsFixed ? (long)Math.Floor(length.Length * (double)scale)
        : Dimension.Unknown;

    private static void RequireOneOf(OperationScope scope, string name, string otherwise, string[] valid)
    {
        var value = scope.Operation.Text(name, otherwise);
        if (!valid.Contains(value))
        {
            throw scope.Error($"{name} is {value}. {NearestNames.Offer(value, valid)}");
        }
    }

    private static void RequireLength(OperationScope scope, string name, int? count, int[] axes)
    {
        if (count is { } given && given != axes.Length)
        {
            throw scope.Error(
                $"{name} has {given} numbers, and X has shape {scope.Shape(0)}. Give {axes.Length}, one for each axis."
            );
        }
    }
}
