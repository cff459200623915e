using System.Collections.Immutable;

namespace Neptune.Formats;

/// <summary>What a layer of data does to it before the net sees it: (x - mean) scale.</summary>
/// <param name="Scale">The factor.</param>
/// <param name="Means">What is taken away first: of all channels, or of each; empty for nothing.</param>
/// <param name="MeanFile">The file of what is taken away of each element; null for none.</param>
/// <param name="Crop">The side of the square that is cut out; 0 for none.</param>
/// <param name="Mirrors">True where pictures are mirrored at random.</param>
/// <param name="Refusal">What else it does, which is not known; null for nothing.</param>
internal sealed record CaffeTransform(
    float Scale,
    ImmutableArray<float> Means,
    CaffeValue? MeanFile,
    long Crop,
    bool Mirrors,
    string? Refusal
)
{
    private static readonly string[] Holders =
    [
        "transform_param",
        "data_param",
        "image_data_param",
        "window_data_param",
    ];

    /// <summary>True where data is taken as it is.</summary>
    public bool IsNone => Scale == 1 && Means.IsEmpty && MeanFile is null && Refusal is null;

    /// <summary>What a layer does.</summary>
    public static CaffeTransform Of(CaffeLayer layer)
    {
        var (scale, crop, mirrors) = (1f, 0L, false);
        string? refusal = null;
        CaffeValue? meanFile = null;
        ImmutableArray<float> means = [];
        // Older files have these settings beside the data's source.
        foreach (var message in Holders.Where(Exists).Select(layer.Message.Message))
        {
            if (Has(message, "mean_file"))
            {
                meanFile = message.Values("mean_file")[^1];
            }
            scale = Has(message, "scale") ? message.Real("scale") : scale;
            crop = Has(message, "crop_size") ? message.Whole("crop_size") : crop;
            mirrors |= Has(message, "mirror") && message.Flag("mirror");
            means = Has(message, "mean_value") ? [.. message.Reals("mean_value")] : means;
            message.Ignore("force_color", "force_gray");
            if (message.Type.Name == "TransformationParameter" && message.Unread.Any())
            {
                var unread = message.Unread.First();
                refusal = $"the setting {unread} ({message.PlaceOf(unread)}) is not known";
            }
        }
        return new(scale, means, meanFile, crop, mirrors, refusal);

        bool Exists(string holder) => layer.Message.Type.Find(holder) is not null && layer.Message.Has(holder);
    }

    private static bool Has(CaffeMessage message, string name) =>
        message.Type.Find(name) is not null && message.Has(name);
}
