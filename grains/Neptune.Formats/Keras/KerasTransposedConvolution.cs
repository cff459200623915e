using System.Collections.Immutable;
using Neptune.ModelGraph;

namespace Neptune.Formats;

// C channels, F filters; K... the kernel's lengths

/// <summary>
/// Transposes of convolutions, whose kernels are (K..., F, C). TensorFlow's output is that whose convolution would give the input:
/// with <c>same</c>, the input's length times the stride.
/// </summary>
internal static class KerasTransposedConvolution
{
    /// <summary>Adds the operations.</summary>
    public static KerasValue Apply(KerasScope scope, int lengths)
    {
        var window = KerasWindow.Read(scope, lengths, "kernel_size");
        var input = scope.InputOfRank(lengths + 2);
        if (scope.Config.Int("groups", 1) != 1)
        {
            throw scope.Refused("groups are not known");
        }
        var filters = scope.Config.Count("filters");
        var channels = KerasConvolutions.Channels(scope, input, window);
        List<string> inputs =
        [
            scope.ChannelsSecond(input, window.IsChannelsLast),
            scope.Parameter(
                "kernel",
                "weight",
                Shape.Of([.. window.Kernel, filters, channels]),
                KerasConvolutions.Reversed(lengths),
                new Initializer.GlorotUniform(window.Area * channels, window.Area * filters)
            ),
        ];
        KerasConvolutions.AddBias(scope, inputs, filters);
        ImmutableArray<long>? more = scope.Config.Find("output_padding") is null
            ? null
            : scope.Config.Ints("output_padding", lengths, 0);
        var cuts = Enumerable.Range(0, lengths).Select(axis => Cut(scope, window, axis, more?[axis])).ToArray();
        var result = scope.Append(
            "ConvTranspose",
            inputs,
            ("dilations", new AttributeValue.Ints(window.Dilation)),
            ("kernel_shape", new AttributeValue.Ints(window.Kernel)),
            ("output_padding", cuts.Select(c => c.More).ToArray()),
            ("pads", (long[])[.. cuts.Select(c => c.Begin), .. cuts.Select(c => c.End)]),
            ("strides", new AttributeValue.Ints(window.Strides))
        );
        return scope.Activate(scope.FromChannelsSecond(result, window.IsChannelsLast));
    }

    // All windows together reach (length - 1) stride + span. What is more than the output is cut off, half of it (rounded down)
    // at the beginning; what is less is added at the end. Keras's deconv_output_length says how long the output is.
    private static (long Begin, long End, long More) Cut(KerasScope scope, KerasWindow window, int axis, long? more)
    {
        checked
        {
            var stride = window.Strides[axis];
            var span = ((window.Kernel[axis] - 1) * window.Dilation[axis]) + 1;
            var tooLong = (window.Padding == "same", more) switch
            {
                (true, null) => span - stride,
                (false, null) => Math.Min(0, span - stride),
                (true, { } given) => (span / 2 * 2) - given,
                (false, { } given) => -given,
            };
            if (more >= stride)
            {
                throw scope.Config.Error($"output_padding is {more}, and must be less than the stride {stride}");
            }
            var cut = window.Padding == "same" ? Math.Max(0, tooLong) : 0;
            return (cut / 2, cut - (cut / 2), Math.Max(0, -tooLong));
        }
    }
}
