using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Neptune.ModelGraph;

/// <summary>A layer's view of the builder while it adds its operations: all names begin with the layer's.</summary>
internal sealed class LayerScope(GraphBuilder builder, Layer layer, string name, string? sharedWeights = null)
{
    public GraphBuilder Builder => builder;

    /// <summary>Declares <c>layer.suffix</c>, or finds it where the layer's weights are there already.</summary>
    public string Parameter(string suffix, Shape shape, Initializer initializer, bool trainable = true)
    {
        var parameter = new Parameter
        {
            Name = $"{sharedWeights ?? name}.{suffix}",
            Shape = shape,
            Initializer = initializer,
            Trainable = trainable,
        };
        if (sharedWeights is null)
        {
            builder.Declare(parameter);
        }
        else if (builder.ShapeOf(parameter.Name) is { } made && made != shape)
        {
            throw Error(
                $"its {suffix} has shape {made} by its first input, and this input needs {shape}. Share it among "
                    + "inputs of "
                    + "one shape."
            );
        }
        return parameter.Name;
    }

    /// <summary>The layer's main operation, which bears its name.</summary>
    public GraphValue Operation(
        string type,
        IEnumerable<string> inputs,
        bool channelsFirst,
        params ReadOnlySpan<(string, AttributeValue)> attributes
    ) => builder.Append(name, type, inputs, channelsFirst, attributes);

    /// <summary>A further operation, called <c>layer.suffix</c>.</summary>
    public GraphValue Then(
        string suffix,
        string type,
        IEnumerable<string> inputs,
        bool channelsFirst,
        params ReadOnlySpan<(string, AttributeValue)> attributes
    ) => builder.Append($"{name}.{suffix}", type, inputs, channelsFirst, attributes);

    /// <summary>
    /// A further operation with several outputs, called <c>layer.suffix</c> and <c>layer.suffix_1</c>.
    /// </summary>
    public ImmutableArray<GraphValue> Several(
        string suffix,
        string type,
        IEnumerable<string> inputs,
        int outputs,
        params ReadOnlySpan<(string, AttributeValue)> attributes
    ) => builder.AppendSeveral($"{name}.{suffix}", type, inputs, outputs, false, attributes);

    /// <summary>A value that training does not change, called <c>layer.suffix</c>.</summary>
    public string Constant(string suffix, TensorValue value) =>
        builder.AppendConstant(ConstantValue.ToOperation($"{name}.{suffix}", value)).Name;

    /// <summary>Whole numbers, called <c>layer.suffix</c>.</summary>
    public string Numbers(string suffix, params long[] numbers) =>
        Constant(
            suffix,
            new(ElementType.Int64, Shape.Of(numbers.Length), MemoryMarshal.AsBytes(numbers.AsSpan()).ToArray())
        );

    /// <summary><paramref name="value"/> as features, as operation <c>layer.flatten</c>.</summary>
    public GraphValue FlattenBehind(GraphValue value) =>
        builder.Append($"{name}.flatten", "Flatten", [value.Name], false, [("axis", 1L)]);

    /// <summary><paramref name="value"/> behind the activation, as operation <c>layer.relu</c> and the like.</summary>
    public GraphValue Activate(GraphValue value, Activation activation) =>
        activation == Activation.Linear
            ? value
            : Activate($"{name}.{activation.ToString().ToLowerInvariant()}", value, activation);

    /// <summary>The activation as the layer's main operation.</summary>
    public GraphValue ActivateAsLayer(GraphValue value, Activation activation) => Activate(name, value, activation);

    public GraphException Error(string problem) => new($"Layer {name} ({layer}): {problem}");

    /// <summary>Throws unless <paramref name="value"/> is at least 1.</summary>
    public void RequireCount(string what, long value)
    {
        if (value < 1)
        {
            throw Error($"{what} is {value}, and must be at least 1.");
        }
    }

    /// <summary>Throws unless both lengths are at least 1.</summary>
    public void RequirePositive(string what, Size2D size)
    {
        if (!size.IsPositive)
        {
            throw Error($"{what} is {size}, and must be at least 1x1.");
        }
    }

    /// <summary>Throws unless what is added to variances is greater than 0.</summary>
    public void RequireEpsilon(float epsilon)
    {
        if (!(epsilon > 0) || !float.IsFinite(epsilon))
        {
            throw Error($"epsilon is {epsilon}, and must be greater than 0.");
        }
    }

    /// <summary><paramref name="value"/> as a sequence (N, steps, features).</summary>
    public GraphValue Sequence(GraphValue value)
    {
        var shape = value.SampleShape;
        if (shape.Rank == 2)
        {
            return value;
        }
        var remedy =
            shape.Rank == 1 ? $"Add Reshape({shape[0]}, 1), or an Embedding of class numbers, before {layer}."
            : shape is { Rank: 3, IsFixed: true }
                ? $"Add Reshape({shape[0]}, {shape[1].Length * shape[2].Length}) before {layer}."
            : $"Add a Reshape(steps, features) before {layer}.";
        throw Error($"the input has shape {shape}, and must be a sequence (steps, features). {remedy}");
    }

    /// <summary><paramref name="value"/> as an image (N, C, H, W).</summary>
    public GraphValue Image(GraphValue value)
    {
        var shape = value.SampleShape;
        if (shape.Rank != 3)
        {
            var remedy = shape is { Rank: 2, IsFixed: true }
                ? $"Add Reshape({shape[0]}, {shape[1]}, 1) before {layer}."
                : $"Add a Reshape(height, width, channels) before {layer}, or leave it out.";
            throw Error($"the input has shape {shape}, and must be an image (height, width, channels). {remedy}");
        }
        return builder.ToChannelsFirst(value);
    }

    /// <summary>Throws unless the window fits the image; in the user's words, before the operator says so in ONNX's.</summary>
    public void RequireFits(GraphValue image, Size2D kernel, Size2D dilation, Padding padding)
    {
        var (height, width) = (image.Type.Shape[2], image.Type.Shape[3]);
        var spanHeight = (((long)kernel.Height - 1) * dilation.Height) + 1;
        var spanWidth = (((long)kernel.Width - 1) * dilation.Width) + 1;
        if (padding == Padding.Valid && (height.Length < spanHeight || width.Length < spanWidth))
        {
            throw Error(
                $"the input has shape {image.SampleShape}, which is smaller than the window of {spanHeight}x{spanWidth}. "
                    + "Use padding Same, a smaller window, or fewer layers that shrink the image."
            );
        }
    }

    private GraphValue Activate(string operation, GraphValue value, Activation activation)
    {
        if (!Enum.IsDefined(activation))
        {
            throw Error($"activation {(int)activation} is not known. Use a member of {nameof(Activation)}.");
        }
        if (activation == Activation.Linear)
        {
            return builder.Append(operation, "Identity", [value.Name], value.ChannelsFirst, []);
        }
        return activation is Activation.Softmax or Activation.LogSoftmax
            ? builder.Append(
                operation,
                activation.ToString(),
                [value.Name],
                value.ChannelsFirst,
                [("axis", (long)value.FeatureAxis)]
            )
            : builder.Append(operation, activation.ToString(), [value.Name], value.ChannelsFirst, []);
    }
}
