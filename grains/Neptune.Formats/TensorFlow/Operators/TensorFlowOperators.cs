using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Neptune.Formats;

/// <summary>All operators of TensorFlow that are imported, and those that are refused with a reason.</summary>
internal static class TensorFlowOperators
{
    private const string Branches =
        "branches that the running graph chooses are not known; save the model for inference";
    private const string Lists = "of lists of tensors, elements are set, read and stacked only";
    private const string Cudnn =
        "recurrent layers in cuDNN's own form are not known; save the model where no GPU is, or as the plain layer";
    private const string Texts = "texts are not computed with; prepare the data outside of the model";
    private const string Files = "files are not read by a model; prepare the data outside of the model";
    private const string Quantized = "quantized numbers are not computed with; save the model in float32";
    private const string Random = "random numbers would make the model's outputs differ from run to run";
    private const string Dynamic = "how long its output is depends on the data";

    private static readonly ImmutableArray<TensorFlowOperator> Known =
    [
        .. TensorFlowControl.Operators,
        .. TensorFlowConvolutions.Operators,
        .. TensorFlowElementwise.Operators,
        .. TensorFlowIndexing.Operators,
        .. TensorFlowJoining.Operators,
        .. TensorFlowLinear.Operators,
        .. TensorFlowNormalization.Operators,
        .. TensorFlowPooling.Operators,
        .. TensorFlowReductions.Operators,
        .. TensorFlowShapes.Operators,
        .. TensorFlowSpaces.Operators,
        .. TensorFlowLists.Operators,
        .. TensorFlowArrays.Operators,
        .. TensorFlowUnrolling.Operators,
    ];

    private static readonly ImmutableArray<TensorFlowOperator> Refused =
    [
        .. Of("Case StatelessCase RefSwitch RefEnter RefExit", Branches),
        .. Of(
            "TensorListConcatV2 TensorListSplit TensorListScatterV2 TensorListResize TensorArrayConcatV3 "
                + "TensorArraySplitV3",
            Lists
        ),
        .. Of("CudnnRNN CudnnRNNV2 CudnnRNNV3", Cudnn),
        .. Of(
            "ParseExample ParseExampleV2 DecodeRaw StringSplit StringToHashBucketFast RegexReplace LookupTableFindV2",
            Texts
        ),
        .. Of("ReadFile DecodeJpeg DecodePng DecodeImage DecodeBmp DecodeGif", Files),
        .. Of(
            "QuantizeV2 Dequantize QuantizedConv2D QuantizedMatMul FakeQuantWithMinMaxVars FakeQuantWithMinMaxArgs "
                + "FakeQuantWithMinMaxVarsPerChannel",
            Quantized
        ),
        .. Of("RandomStandardNormal RandomUniformInt TruncatedNormal Multinomial StatelessRandomUniform", Random),
        .. Of("Where Unique UniqueV2 NonMaxSuppressionV3 NonMaxSuppressionV4 NonMaxSuppressionV5 BooleanMask", Dynamic),
    ];

    private static readonly FrozenDictionary<string, TensorFlowOperator> ByName = Known
        .Concat(Refused)
        .Concat(TensorFlowConvolutions.Patterns)
        .Concat(TensorFlowNormalization.Patterns)
        .ToFrozenDictionary(o => o.Name, StringComparer.Ordinal);

    /// <summary>All that have a row in the table of operators, by name.</summary>
    public static ImmutableArray<TensorFlowOperator> All { get; } =
    [.. Known.Concat(Refused).OrderBy(o => o.Name, StringComparer.Ordinal)];

    /// <summary>An operator; null where nothing is known of it.</summary>
    public static TensorFlowOperator? Find(string name) => ByName.GetValueOrDefault(name);

    private static IEnumerable<TensorFlowOperator> Of(string names, string reason) =>
        names.Split(' ').Select(name => new TensorFlowOperator(name, null, "", reason));
}
