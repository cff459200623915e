namespace Neptune.Torch;

/// <summary>The attributes of a Resize.</summary>
internal sealed record ResizeSettings
{
    /// <summary>nearest, linear or cubic.</summary>
    public required string Mode { get; init; }

    public required string Coordinates { get; init; }

    public required string Rounding { get; init; }

    public required string Policy { get; init; }

    public required bool Antialias { get; init; }

    public required bool ExcludesOutside { get; init; }

    public required double CubicA { get; init; }

    public required double Extrapolation { get; init; }

    /// <summary>True where a region of the input is read, and places outside it have a value of their own.</summary>
    public bool Crops => Coordinates == "tf_crop_and_resize";

    public static ResizeSettings Of(OperationSite site)
    {
        var (operation, isUpsample) = (site.Operation, site.Operation.Type == "Upsample");
        return new()
        {
            Mode = operation.Text("mode", "nearest") is var mode && mode == "bilinear" ? "linear" : mode,
            Coordinates = operation.Text("coordinate_transformation_mode", isUpsample ? "asymmetric" : "half_pixel"),
            Rounding = operation.Text("nearest_mode", isUpsample ? "floor" : "round_prefer_floor"),
            Policy = operation.Text("keep_aspect_ratio_policy", "stretch"),
            Antialias = operation.Int("antialias", 0) != 0,
            ExcludesOutside = operation.Int("exclude_outside", 0) != 0,
            CubicA = operation.Float("cubic_coeff_a", -0.75f),
            Extrapolation = operation.Float("extrapolation_value", 0),
        };
    }
}
