using System.Collections.Immutable;

namespace Neptune.Formats;

/// <summary>Layers of Keras that are refused, each with the reason.</summary>
internal static class KerasRefusedLayers
{
    private const string Code = "it runs Python code of its own, which a file does not hold";
    private const string Texts = "texts and tables are not computed with. Prepare features before the model";
    private const string NotYet = "it is not known. Save a model without it";

    /// <summary>The family.</summary>
    public static ImmutableArray<KerasLayerDefinition> All { get; } =
    [
        Refused("Lambda", Code),
        Refused("TFOpLambda", Code),
        Refused("SlicingOpLambda", Code),
        Refused("TensorFlowOpLayer", Code),
        Refused("TorchModuleWrapper", Code),
        Refused("FlaxLayer", Code),
        Refused("JaxLayer", Code),
        Refused("TFSMLayer", Code),
        .. new[]
        {
            "CategoryEncoding",
            "Discretization",
            "Hashing",
            "HashedCrossing",
            "IntegerLookup",
            "StringLookup",
            "TextVectorization",
        }.Select(name => Refused(name, Texts)),
        .. new[]
        {
            "ConvLSTM1D",
            "ConvLSTM2D",
            "ConvLSTM3D",
            "CuDNNGRU",
            "CuDNNLSTM",
            "GroupQueryAttention",
            "LocallyConnected1D",
            "LocallyConnected2D",
            "MelSpectrogram",
            "RNN",
            "RandomCrop",
            "RandomHeight",
            "RandomWidth",
            "STFTSpectrogram",
            "SpectralNormalization",
            "StackedRNNCells",
        }.Select(name => Refused(name, NotYet)),
    ];

    private static KerasLayerDefinition Refused(string name, string reason) =>
        KerasLayerDefinition.Refused(name, reason);
}
