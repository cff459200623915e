using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>Functions of single elements, without or with one weight for each channel.</summary>
internal static class CaffeActivations
{
    /// <summary>The layers.</summary>
    public static CaffeLayerDefinition[] All =>
        [
            new("AbsVal", "", "") { Import = s => s.Finish("Abs", [s.Input()]) },
            new("BNLL", "", "log(1 + exp(x))") { Import = s => s.Finish("Softplus", [s.Input()]) },
            new("Clip", "", "min, max") { Import = Clip, Message = "clip_param" },
            new("Dropout", "", "dropout_ratio; acts in training alone") { Import = Dropout, Message = "dropout_param" },
            new("ELU", "", "alpha")
            {
                Import = s => s.Finish("Elu", [s.Input()], ("alpha", s.Settings.Real("alpha"))),
                Message = "elu_param",
            },
            new("PReLU", "slope", "filler, channel_shared") { Import = Prelu, Message = "prelu_param" },
            new("ReLU", "", "negative_slope") { Import = Relu, Message = "relu_param" },
            new("ReLU6", "", "of programs that grew out of Caffe")
            {
                Import = s => s.Finish("Clip", [s.Input(), s.Number("min", 0), s.Number("max", 6)]),
            },
            new("Sigmoid", "", "") { Import = s => s.Finish("Sigmoid", [s.Input()]), Message = "sigmoid_param" },
            new("Softmax", "", "axis") { Import = s => Softmax(s, 0), Message = "softmax_param" },
            new("Swish", "", "beta")
            {
                Import = s => s.Finish("Swish", [s.Input()], ("alpha", s.Settings.Real("beta"))),
                Message = "swish_param",
            },
            new("TanH", "", "") { Import = s => s.Finish("Tanh", [s.Input()]), Message = "tanh_param" },
            new("Threshold", "", "threshold") { Import = Threshold, Message = "threshold_param" },
        ];

    /// <summary>The softmax of what a layer reads, as one of its tops.</summary>
    public static void Softmax(CaffeScope scope, int top)
    {
        var axis = scope.Axis("axis", scope.ShapeOf().Rank);
        scope.FinishTop(top, "Softmax", [scope.Input()], ("axis", (long)axis));
    }

    private static void Clip(CaffeScope scope)
    {
        var (min, max) = (scope.Settings.Real("min"), scope.Settings.Real("max"));
        scope.Finish("Clip", [scope.Input(), scope.Number("min", min), scope.Number("max", max)]);
    }

    private static void Dropout(CaffeScope scope)
    {
        var ratio = scope.Settings.Real("dropout_ratio");
        if (!scope.Settings.Flag("scale_train"))
        {
            throw new CaffeRefusedException("scale_train is false: outputs would be scaled outside of training");
        }
        scope.Finish("Dropout", [scope.Input()], ("ratio", ratio));
    }

    private static void Relu(CaffeScope scope)
    {
        var slope = scope.Settings.Real("negative_slope");
        if (slope == 0)
        {
            scope.Finish("Relu", [scope.Input()]);
        }
        else
        {
            scope.Finish("LeakyRelu", [scope.Input()], ("alpha", slope));
        }
    }

    // The slopes get ones behind them, so that they stand at the channels.
    private static void Prelu(CaffeScope scope)
    {
        var shape = scope.ShapeOf();
        if (shape.Rank < 2)
        {
            throw scope.Error($"its input has shape {shape}, and must have channels behind the batch.");
        }
        var isShared = scope.Settings.Flag("channel_shared");
        var slopes = new Shape([isShared ? 1 : shape[1], .. Enumerable.Repeat(Dimension.Fixed(1), shape.Rank - 2)]);
        var slope = scope.Parameter("slope", slopes, "filler", new Initializer.Constant(0.25f));
        scope.Finish("PRelu", [scope.Input(), slope]);
    }

    private static void Threshold(CaffeScope scope)
    {
        var threshold = scope.Number("threshold", scope.Settings.Real("threshold"));
        var isGreater = scope.Append("greater", "Greater", [scope.Input(), threshold]);
        scope.Finish("Cast", [isGreater], ("to", "Float32"));
    }
}
