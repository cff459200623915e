using System.Collections.Immutable;
using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>The settings of a convolution or pooling, in Neptune's terms.</summary>
internal sealed class TensorFlowWindow
{
    private readonly TensorFlowCall _call;
    private readonly int _lengths;

    /// <summary>Takes the settings of a step.</summary>
    /// <param name="call">The step.</param>
    /// <param name="lengths">How many lengths the window slides along: 2 for images.</param>
    public TensorFlowWindow(TensorFlowCall call, int lengths)
    {
        (_call, _lengths) = (call, lengths);
        var format = call.Text("data_format", lengths == 3 ? "NDHWC" : "NHWC");
        IsFirst = format switch
        {
            "NHWC" or "NDHWC" => false,
            "NCHW" or "NCDHW" => true,
            _ => throw TensorFlowCall.Refuse($"data_format is {format}; NHWC and NCHW are known"),
        };
    }

    /// <summary>True where the file itself has channels at the second place.</summary>
    public bool IsFirst { get; }

    /// <summary>The numbers of a setting along the lengths; those of batch and channels must be 1.</summary>
    public ImmutableArray<long> Numbers(string name)
    {
        var all = _call.Ints(name);
        if (all.IsEmpty)
        {
            return [.. Enumerable.Repeat(1L, _lengths)];
        }
        if (all.Length != _lengths + 2)
        {
            throw new GraphException($"{name} has {all.Length} numbers, and must have {_lengths + 2}.");
        }
        var channels = IsFirst ? 1 : _lengths + 1;
        return all[0] == 1 && all[channels] == 1
            ? all.RemoveAt(channels).RemoveAt(0)
            : throw TensorFlowCall.Refuse(
                $"{name} is ({string.Join(", ", all)}); along batch and channels only 1 is known"
            );
    }

    /// <summary>The padding as attributes: auto_pad, or pads.</summary>
    public ImmutableArray<(string, AttributeValue)> Padding()
    {
        var padding = _call.Text("padding", "VALID");
        return padding switch
        {
            "SAME" => [("auto_pad", "SAME_UPPER")],
            "VALID" => [],
            "EXPLICIT" => [("pads", Explicit())],
            _ => throw TensorFlowCall.Refuse($"padding is {padding}; SAME, VALID and EXPLICIT are known"),
        };
    }

    /// <summary>What the window slides over, with channels first.</summary>
    public string Input(int input) =>
        IsFirst ? _call.Emitter.Plain(_call[input]) : _call.Emitter.ChannelsFirst(_call[input]);

    /// <summary>A value that came of it.</summary>
    public TensorFlowValue.Computed Value(string name) => new(name, isChannelsFirst: !IsFirst);

    private long[] Explicit()
    {
        var all = _call.Ints("explicit_paddings");
        if (all.Length != 2 * (_lengths + 2))
        {
            throw new GraphException(
                $"explicit_paddings has {all.Length} numbers, and must have {2 * (_lengths + 2)}."
            );
        }
        var axes = Enumerable.Range(IsFirst ? 2 : 1, _lengths).ToArray();
        return [.. axes.Select(a => all[2 * a]), .. axes.Select(a => all[(2 * a) + 1])];
    }
}
