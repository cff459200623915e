using System.Collections.Immutable;
using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>The window of a convolution or pooling, by the layer's settings.</summary>
/// <param name="Kernel">Its lengths.</param>
/// <param name="Strides">The distances between windows.</param>
/// <param name="Dilation">The distances between elements under the window.</param>
/// <param name="Padding"><c>valid</c>, <c>same</c> or <c>causal</c>.</param>
/// <param name="IsChannelsLast">Where images have their channels.</param>
internal sealed record KerasWindow(
    ImmutableArray<long> Kernel,
    ImmutableArray<long> Strides,
    ImmutableArray<long> Dilation,
    string Padding,
    bool IsChannelsLast
)
{
    /// <summary>Elements under the window.</summary>
    public long Area => Kernel.Aggregate(1L, (all, length) => checked(all * length));

    /// <summary>Reads the settings.</summary>
    /// <param name="scope">The layer.</param>
    /// <param name="lengths">How many lengths there are.</param>
    /// <param name="kernel">The setting with the window's lengths.</param>
    public static KerasWindow Read(KerasScope scope, int lengths, string kernel)
    {
        var config = scope.Config;
        var size = config.Ints(kernel, lengths, 1);
        var isPooling = kernel == "pool_size";
        var strides = isPooling && config.Find("strides") is null ? size : config.Ints("strides", lengths, 1, 1);
        var dilation = config.Ints("dilation_rate", lengths, 1, 1);
        var padding = config.Text("padding", "valid").ToLowerInvariant();
        if (padding is not ("valid" or "same") && !(padding == "causal" && lengths == 1 && !isPooling))
        {
            throw config.Error($"padding is {padding}, and must be valid or same");
        }
        return new(size, strides, dilation, padding, scope.IsChannelsLast());
    }

    /// <summary>Adds a convolution.</summary>
    public string Convolve(KerasScope scope, string stem, IEnumerable<string> inputs, long groups) =>
        scope.Graph.Append(
            stem,
            "Conv",
            inputs,
            [
                PaddingSetting(),
                ("dilations", new AttributeValue.Ints(Dilation)),
                ("group", groups),
                ("kernel_shape", new AttributeValue.Ints(Kernel)),
                ("strides", new AttributeValue.Ints(Strides)),
            ]
        );

    /// <summary>Adds a pooling; what is padded counts for nothing.</summary>
    public string Pool(KerasScope scope, string type, string input) =>
        scope.Append(
            type,
            [input],
            PaddingSetting(),
            ("kernel_shape", new AttributeValue.Ints(Kernel)),
            ("strides", new AttributeValue.Ints(Strides))
        );

    private (string, AttributeValue) PaddingSetting() =>
        Padding switch
        {
            "same" => ("auto_pad", "SAME_UPPER"),
            "causal" => ("pads", new long[] { checked((Kernel[0] - 1) * Dilation[0]), 0 }),
            _ => ("auto_pad", "VALID"),
        };
}
