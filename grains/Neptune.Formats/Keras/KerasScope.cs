using System.Collections.Immutable;
using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>A call of a layer, as the layer's translation sees it.</summary>
internal sealed class KerasScope(
    KerasTranslation translation,
    KerasLayer layer,
    string path,
    bool isTrainable,
    ImmutableArray<KerasValue> inputs,
    KerasCall call,
    ImmutableDictionary<string, ImmutableArray<KerasValue>> named
)
{
    /// <summary>The layer.</summary>
    public KerasLayer Layer => layer;

    /// <summary>Its settings.</summary>
    public KerasConfig Config => layer.Config;

    /// <summary>The settings of this call.</summary>
    public KerasCall Call => call;

    /// <summary>What the layer is called on.</summary>
    public ImmutableArray<KerasValue> Inputs => inputs;

    /// <summary>Tensors that are given by name.</summary>
    public ImmutableDictionary<string, ImmutableArray<KerasValue>> Named => named;

    /// <summary>The graph.</summary>
    public KerasGraph Graph => translation.Graph;

    /// <summary>The translation as a whole.</summary>
    public KerasTranslation Translation => translation;

    /// <summary>The layer's name in the graph.</summary>
    public string Name { get; } = path.Replace('/', '.');

    /// <summary>Where the layer's variables are kept.</summary>
    public string Path => path;

    /// <summary>False where training leaves the layer alone.</summary>
    public bool IsTrainable => isTrainable;

    /// <summary>True where the file is of Keras 3.</summary>
    public bool IsKeras3 => translation.File.Version >= 3;

    /// <summary>The one input.</summary>
    public KerasValue Input =>
        inputs.Length == 1
            ? inputs[0]
            : throw new KerasRefusedException($"it is called on {inputs.Length} tensors, and takes 1");

    /// <summary>The one input, as real numbers.</summary>
    public KerasValue FloatInput => Real(Input);

    /// <summary>The value as real numbers.</summary>
    public KerasValue Real(KerasValue value) =>
        value.Type == ElementType.Float32 ? value : Unary(value, "Cast", "real", ("to", "Float32"));

    /// <summary>The one input, which must have so many dimensions with the batch.</summary>
    public KerasValue InputOfRank(params ReadOnlySpan<int> ranks) =>
        ranks.Contains(Input.Shape.Rank)
            ? FloatInput
            : throw new GraphException(
                $"its input has shape {Input.Shape}, and must have {string.Join(" or ", ranks.ToArray())} dimensions."
            );

    /// <summary>A refusal of the layer as it is.</summary>
    public KerasRefusedException Refused(string reason) => new(reason);

    /// <summary>Throws where steps are masked: the layer would look at them otherwise than Keras.</summary>
    public void RequireNoMask()
    {
        if (inputs.Any(i => i.Mask is not null))
        {
            throw Refused("its input has masked steps (mask_zero or Masking), which are not left out here");
        }
    }

    /// <summary>Where training here would differ from Keras's.</summary>
    public void TrainingDiffers(string why) => translation.Training.Differs($"layer {Name} ({layer.Class}) {why}");

    /// <summary>Adds an operation that bears the layer's name, where that is free.</summary>
    public string Append(
        string type,
        IEnumerable<string> values,
        params ReadOnlySpan<(string, AttributeValue)> attributes
    ) => Graph.Append(Name, type, values, attributes);

    /// <summary>Adds an operation that is called <c>layer.suffix</c>.</summary>
    public string Then(
        string suffix,
        string type,
        IEnumerable<string> values,
        params ReadOnlySpan<(string, AttributeValue)> attributes
    ) => Graph.Append($"{Name}.{suffix}", type, values, attributes);

    /// <summary>A constant that is called <c>layer.suffix</c>.</summary>
    public string Constant(string suffix, Shape shape, params ReadOnlySpan<float> numbers) =>
        Graph.Constant($"{Name}.{suffix}", shape, numbers);

    /// <summary>A function of elements, in whatever form the value is.</summary>
    public KerasValue Unary(
        KerasValue value,
        string type,
        string? suffix = null,
        params ReadOnlySpan<(string, AttributeValue)> attributes
    ) => Like(value, Graph.Append(suffix is null ? Name : $"{Name}.{suffix}", type, [value.Made], attributes));

    /// <summary>A value of the graph in the form, and with the mask, of another.</summary>
    public KerasValue Like(KerasValue form, string value) =>
        (form.IsMoved ? Graph.FromMoved(value) : Graph.FromPlain(value)).WithMask(form.Mask);

    /// <summary>A value in the form of another, of a layer that carries no mask on: what reads it later is refused.</summary>
    public KerasValue Untracked(KerasValue form, string value) =>
        Like(form, value).WithMask(form.Mask is null ? null : KerasMask.Unknown);

    /// <summary>The value after the activation that a setting names.</summary>
    public KerasValue Activate(KerasValue value, string setting = "activation") =>
        KerasActivations.Apply(this, value, Config.Find(setting));

    /// <summary>A variable of the layer as a parameter, once for all calls.</summary>
    /// <param name="variable">What Keras calls it.</param>
    /// <param name="suffix">What the graph calls it, behind the layer's name.</param>
    /// <param name="expected">Its shape in Keras.</param>
    /// <param name="layout">Lays it out for the graph; null keeps it.</param>
    /// <param name="initializer">How it would be drawn anew.</param>
    /// <param name="trained">False for running statistics.</param>
    public string Parameter(
        string variable,
        string suffix,
        Shape expected,
        Func<TensorValue, TensorValue>? layout,
        Initializer initializer,
        bool trained = true
    ) =>
        translation.Parameters.Use(
            new(layer, path, $"{Name}.{suffix}", variable, isTrainable && trained),
            expected,
            layout,
            initializer
        );

    /// <summary>True where images have their channels last.</summary>
    public bool IsChannelsLast()
    {
        var format = Config.Text("data_format", "channels_last");
        return format switch
        {
            "channels_last" => true,
            "channels_first" => false,
            _ => throw Config.Error($"data_format is {format}, and must be channels_last or channels_first"),
        };
    }

    /// <summary>The value with its channels second, by the layer's data_format.</summary>
    public string ChannelsSecond(KerasValue value, bool isChannelsLast) =>
        isChannelsLast ? Graph.Moved(value) : Graph.Plain(value);

    /// <summary>What was computed with channels second, by the layer's data_format.</summary>
    public KerasValue FromChannelsSecond(string value, bool isChannelsLast) =>
        isChannelsLast ? Graph.FromMoved(value) : Graph.FromPlain(value);

    /// <summary>An axis of a setting in 0..rank-1.</summary>
    public int Axis(long axis, int rank) =>
        axis >= -rank && axis < rank
            ? (int)(axis < 0 ? axis + rank : axis)
            : throw Config.Error($"axis is {axis}, and its input has {rank} dimensions");

    /// <summary>A fixed length of an input.</summary>
    public long Length(KerasValue value, int axis) =>
        value.Shape[axis] is { IsFixed: true } length
            ? length.Length
            : throw new GraphException(
                $"its input has shape {value.Shape}, and the length at {axis} must be known. Give the model's input shape."
            );
}
