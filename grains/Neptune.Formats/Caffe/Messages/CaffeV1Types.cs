using System.Collections.Immutable;

namespace Neptune.Formats;

/// <summary>The types of layers in files from before 2014, which had numbers, with the names that came after.</summary>
internal static class CaffeV1Types
{
    /// <summary>The number, the old name and the new one.</summary>
    public static ImmutableArray<(int Number, string Name, string Type)> All { get; } =
    [
        (0, "NONE", ""),
        (35, "ABSVAL", "AbsVal"),
        (1, "ACCURACY", "Accuracy"),
        (30, "ARGMAX", "ArgMax"),
        (2, "BNLL", "BNLL"),
        (3, "CONCAT", "Concat"),
        (37, "CONTRASTIVE_LOSS", "ContrastiveLoss"),
        (4, "CONVOLUTION", "Convolution"),
        (5, "DATA", "Data"),
        (39, "DECONVOLUTION", "Deconvolution"),
        (6, "DROPOUT", "Dropout"),
        (32, "DUMMY_DATA", "DummyData"),
        (7, "EUCLIDEAN_LOSS", "EuclideanLoss"),
        (25, "ELTWISE", "Eltwise"),
        (38, "EXP", "Exp"),
        (8, "FLATTEN", "Flatten"),
        (9, "HDF5_DATA", "HDF5Data"),
        (10, "HDF5_OUTPUT", "HDF5Output"),
        (28, "HINGE_LOSS", "HingeLoss"),
        (11, "IM2COL", "Im2col"),
        (12, "IMAGE_DATA", "ImageData"),
        (13, "INFOGAIN_LOSS", "InfogainLoss"),
        (14, "INNER_PRODUCT", "InnerProduct"),
        (15, "LRN", "LRN"),
        (29, "MEMORY_DATA", "MemoryData"),
        (16, "MULTINOMIAL_LOGISTIC_LOSS", "MultinomialLogisticLoss"),
        (34, "MVN", "MVN"),
        (17, "POOLING", "Pooling"),
        (26, "POWER", "Power"),
        (18, "RELU", "ReLU"),
        (19, "SIGMOID", "Sigmoid"),
        (27, "SIGMOID_CROSS_ENTROPY_LOSS", "SigmoidCrossEntropyLoss"),
        (36, "SILENCE", "Silence"),
        (20, "SOFTMAX", "Softmax"),
        (21, "SOFTMAX_LOSS", "SoftmaxWithLoss"),
        (22, "SPLIT", "Split"),
        (33, "SLICE", "Slice"),
        (23, "TANH", "TanH"),
        (24, "WINDOW_DATA", "WindowData"),
        (31, "THRESHOLD", "Threshold"),
    ];

    /// <summary>The new name of an old one.</summary>
    public static string TypeOf(string name) => All.First(type => type.Name == name).Type;
}
