namespace Neptune.Formats;

/// <summary>Other names of layers' classes: aliases, versions, and what Keras 1 called them.</summary>
internal static class KerasLayerNames
{
    private static readonly Dictionary<string, string> Aliases = new(StringComparer.Ordinal)
    {
        ["BatchNormalizationV1"] = "BatchNormalization",
        ["BatchNormalizationV2"] = "BatchNormalization",
        ["Convolution1D"] = "Conv1D",
        ["Convolution2D"] = "Conv2D",
        ["Convolution2DTranspose"] = "Conv2DTranspose",
        ["Convolution3D"] = "Conv3D",
        ["Deconvolution2D"] = "Conv2DTranspose",
        ["DenseV1"] = "Dense",
        ["DepthwiseConvolution2D"] = "DepthwiseConv2D",
        ["GRUV1"] = "GRU",
        ["GRUV2"] = "GRU",
        ["LSTMV1"] = "LSTM",
        ["LSTMV2"] = "LSTM",
        ["GlobalAvgPool1D"] = "GlobalAveragePooling1D",
        ["GlobalAvgPool2D"] = "GlobalAveragePooling2D",
        ["GlobalMaxPool1D"] = "GlobalMaxPooling1D",
        ["GlobalMaxPool2D"] = "GlobalMaxPooling2D",
        ["AvgPool1D"] = "AveragePooling1D",
        ["AvgPool2D"] = "AveragePooling2D",
        ["MaxPool1D"] = "MaxPooling1D",
        ["MaxPool2D"] = "MaxPooling2D",
        ["SeparableConvolution1D"] = "SeparableConv1D",
        ["SeparableConvolution2D"] = "SeparableConv2D",
        ["SyncBatchNormalization"] = "BatchNormalization",
    };

    /// <summary>The name under which a class is defined.</summary>
    public static string Of(string type)
    {
        // Keras>Conv2D is Keras's own registered name.
        var own = type.StartsWith("Keras>", StringComparison.Ordinal) ? type["Keras>".Length..] : type;
        return Aliases.GetValueOrDefault(own, own);
    }
}
