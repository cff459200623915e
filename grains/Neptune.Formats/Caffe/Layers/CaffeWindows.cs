using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>Layers that slide a window over images.</summary>
internal static class CaffeWindows
{
    private static readonly string[] Unimportant = ["engine", "force_nd_im2col"];
    private static readonly string[] Depthwise = ["ConvolutionDepthwise", "DepthwiseConvolution"];

    /// <summary>The layers.</summary>
    public static CaffeLayerDefinition[] All =>
        [
            OfConvolution(
                "Convolution",
                "num_output, kernel_size or kernel_h and kernel_w, stride, pad, dilation, group, bias_term, fillers; axis 1 of images (N, C, H, W)",
                s => Convolution(s, isTransposed: false)
            ),
            .. Depthwise.Select(name =>
                OfConvolution(
                    name,
                    "as Convolution, each channel by itself; of programs that grew out of Caffe",
                    s => Convolution(s, isTransposed: false, isDepthwise: true)
                )
            ),
            OfConvolution("Deconvolution", "as Convolution", s => Convolution(s, isTransposed: true)),
            new(
                "Pooling",
                "",
                "pool (MAX, AVE; STOCHASTIC is refused: it draws at random), kernel, stride, pad, global_pooling, round_mode; sizes are rounded up as Caffe does"
            )
            {
                Import = Pooling,
                Message = "pooling_param",
            },
        ];

    private static CaffeLayerDefinition OfConvolution(string type, string settings, Action<CaffeScope> import) =>
        new(type, "weight, bias", settings)
        {
            Import = import,
            Message = "convolution_param",
            Ignored = Unimportant,
            Bottoms = (1, int.MaxValue),
            MostTops = int.MaxValue,
        };

    private static void Convolution(CaffeScope scope, bool isTransposed, bool isDepthwise = false)
    {
        if (scope.Bottoms != scope.Tops)
        {
            throw scope.Error($"it reads {scope.Bottoms} blobs and makes {scope.Tops}. It must make one of each.");
        }
        var settings = scope.Settings;
        var image = scope.Image();
        if (scope.Axis("axis", image.Rank) != 1)
        {
            throw new CaffeRefusedException($"axis is {settings.Whole("axis")}; only channels at axis 1 are known");
        }
        var (channels, outputs) = (scope.Length(image, 1), settings.Whole("num_output"));
        var group = settings.Whole("group");
        if (isDepthwise)
        {
            group = channels;
        }
        if (outputs < 1 || group < 1 || channels % group != 0 || outputs % group != 0)
        {
            throw scope.Error(
                $"num_output is {outputs} and group {group}, and its input has {channels} channels. group must divide both."
            );
        }
        var kernel = Pair(scope, "kernel_size", "kernel_h", "kernel_w", null);
        var weight = isTransposed
            ? scope.Parameter("weight", Shape.Of(channels, outputs / group, kernel[0], kernel[1]), "weight_filler")
            : scope.Parameter("weight", Shape.Of(outputs, channels / group, kernel[0], kernel[1]), "weight_filler");
        settings.Ignore("bias_filler");
        string[] parameters = settings.Flag("bias_term")
            ? [weight, scope.Parameter("bias", Shape.Of(outputs), "bias_filler")]
            : [weight];
        var pads = Pair(scope, "pad", "pad_h", "pad_w", 0);
        var strides = Pair(scope, "stride", "stride_h", "stride_w", 1);
        var dilations = Pair(scope, "dilation", null, null, 1);
        for (var i = 0; i < scope.Bottoms; i++)
        {
            scope.FinishTop(
                i,
                isTransposed ? "ConvTranspose" : "Conv",
                [scope.Input(i), .. parameters],
                ("kernel_shape", kernel),
                ("strides", strides),
                ("pads", (long[])[.. pads, .. pads]),
                ("dilations", dilations),
                ("group", group)
            );
        }
    }

    private static void Pooling(CaffeScope scope)
    {
        var settings = scope.Settings;
        var image = scope.Image();
        var method = settings.Text("pool");
        if (method == "STOCHASTIC")
        {
            throw new CaffeRefusedException("STOCHASTIC draws at random; MAX and AVE are known");
        }
        var isMax = method == "MAX";
        var (pads, strides) = (
            Pair(scope, "pad", "pad_h", "pad_w", 0),
            Pair(scope, "stride", "stride_h", "stride_w", 1)
        );
        var isCeiling = settings.Text("round_mode") == "CEIL";
        if (settings.Flag("global_pooling"))
        {
            if (
                settings.Has("kernel_size")
                || settings.Has("kernel_h")
                || settings.Has("kernel_w")
                || pads.Any(p => p != 0)
                || strides.Any(s => s != 1)
            )
            {
                throw scope.Error("global_pooling takes no kernel, pad or stride. Take them out.");
            }
            scope.Finish(isMax ? "GlobalMaxPool" : "GlobalAveragePool", [scope.Input()]);
            return;
        }
        var kernel = Pair(scope, "kernel_size", "kernel_h", "kernel_w", null);
        RefuseEmptyWindows(scope, image, kernel, strides, pads, isCeiling);
        kernel =
        [
            .. kernel.Select((length, axis) => Cut(image[axis + 2], length, strides[axis], pads[axis], isCeiling)),
        ];
        (string, AttributeValue)[] attributes =
        [
            ("kernel_shape", kernel),
            ("strides", strides),
            ("pads", (long[])[.. pads, .. pads]),
            ("ceil_mode", isCeiling ? 1L : 0L),
        ];
        if (isMax)
        {
            scope.Finish("MaxPool", [scope.Input()], attributes);
        }
        else
        {
            // The padding counts; what rounding up adds behind it does not.
            scope.Finish("AveragePool", [scope.Input()], [.. attributes, ("count_include_pad", 1L)]);
        }
    }

    // Without padding, Caffe keeps a last window that begins behind the image. It has no maximum and no mean.
    private static void RefuseEmptyWindows(
        CaffeScope scope,
        Shape image,
        long[] kernel,
        long[] strides,
        long[] pads,
        bool isCeiling
    )
    {
        for (var axis = 0; axis < 2; axis++)
        {
            if (!isCeiling || pads.Any(pad => pad > 0) || strides[axis] <= kernel[axis] || !image[axis + 2].IsFixed)
            {
                continue;
            }
            var (length, stride) = (image[axis + 2].Length, strides[axis]);
            var room = length - kernel[axis];
            if (room > 0 && (room + stride - 1) / stride * stride >= length)
            {
                throw new CaffeRefusedException(
                    $"the stride of {stride} leaves a last window of {kernel[axis]} behind the {length} elements of its input {image}"
                );
            }
        }
    }

    // A window that is longer than the padded image, by less than a stride, is rounded up to one: it sees all there is.
    private static long Cut(Dimension image, long kernel, long stride, long pad, bool isCeiling)
    {
        var padded = image.IsFixed ? checked(image.Length + (2 * pad)) : kernel;
        return isCeiling && kernel > padded && kernel - padded < stride && padded > 0 ? padded : kernel;
    }

    // Height and width: by one number or two, or each by its own name.
    private static long[] Pair(CaffeScope scope, string name, string? height, string? width, long? otherwise)
    {
        var settings = scope.Settings;
        var given = settings.Type.Find(name) is not null ? settings.Wholes(name) : [];
        var isApart = height is not null && (settings.Has(height) | settings.Has(width!));
        if (isApart && given.Length > 0)
        {
            throw scope.Error($"it has both {name} and {height} or {width}. Keep one.");
        }
        long[] pair = given switch
        {
            _ when isApart => [Apart(height!), Apart(width!)],
            [] when otherwise is { } number => [number, number],
            [var both] => [both, both],
            [var first, var second] => [first, second],
            [] => throw scope.Error($"{name} is missing. Give it, or {height} and {width}."),
            _ => throw new CaffeRefusedException(
                $"{name} has {given.Length} numbers; only images (N, C, H, W) are known"
            ),
        };
        return otherwise == 0 || pair.All(n => n > 0)
            ? pair
            : throw scope.Error($"{name} is ({pair[0]}, {pair[1]}), and must be greater than 0.");

        long Apart(string side) =>
            settings.Has(side) ? settings.Whole(side) : otherwise ?? throw scope.Error($"{side} is missing. Give it.");
    }
}
