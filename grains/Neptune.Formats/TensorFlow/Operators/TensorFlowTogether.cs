using System.Collections.Immutable;
using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>Values that are computed with element by element, in one layout.</summary>
/// <param name="Names">Their names in Neptune's graph.</param>
/// <param name="IsChannelsFirst">True where the larger of them lie with channels first.</param>
internal sealed record TensorFlowTogether(ImmutableArray<string> Names, bool IsChannelsFirst)
{
    /// <summary>Brings all inputs of a step into one layout: channels first, where one of them is and the others can be.</summary>
    /// <param name="call">The step.</param>
    /// <param name="isTrained">True where training changes constants among them.</param>
    /// <param name="inputs">The numbers of the inputs; none for all.</param>
    public static TensorFlowTogether Of(TensorFlowCall call, bool isTrained = false, params ReadOnlySpan<int> inputs)
    {
        ImmutableArray<TensorFlowValue> values = inputs.IsEmpty ? call.Inputs : [.. Picked(call, inputs)];
        var ranks = values
            .Where(v => v is TensorFlowValue.Computed { IsChannelsFirst: true })
            .Select(v => call.Emitter.ShapeOf(v).Rank)
            .ToArray();
        var rank = ranks.Length > 0 ? ranks.Max() : 0;
        var isTurned = rank > 0 && values.All(v => MayTurn(call.Emitter, v, rank));
        return new(
            [
                .. values.Select(v =>
                    v is TensorFlowValue.Constant constant
                        ? Constant(call.Emitter, constant, isTurned ? rank : 0, isTrained)
                    : !isTurned || call.Emitter.ShapeOf(v).Rank == 0 ? call.Emitter.Plain(v)
                    : call.Emitter.ChannelsFirst(v)
                ),
            ],
            isTurned
        );
    }

    /// <summary>A value of that layout.</summary>
    public TensorFlowValue.Computed Value(string name) => new(name, IsChannelsFirst);

    private static TensorFlowValue[] Picked(TensorFlowCall call, ReadOnlySpan<int> inputs)
    {
        var picked = new TensorFlowValue[inputs.Length];
        for (var i = 0; i < picked.Length; i++)
        {
            picked[i] = call[inputs[i]];
        }
        return picked;
    }

    private static bool MayTurn(TensorFlowEmitter emitter, TensorFlowValue value, int rank) =>
        emitter.ShapeOf(value) is { IsKnown: true } shape
        && (value is TensorFlowValue.Constant ? shape.Rank <= rank : shape.Rank == rank || shape.Rank == 0);

    // (C) beside (N, C, H, W) is (C, 1, 1), and (W, C) is (C, 1, W).
    private static string Constant(
        TensorFlowEmitter emitter,
        TensorFlowValue.Constant constant,
        int turnedRank,
        bool isTrained
    )
    {
        var shape = constant.Value.Shape;
        if (turnedRank == 0 || shape.Rank == 0)
        {
            return emitter.Weight(constant, "weight", isTrained);
        }
        if (shape.ElementCount() == 1)
        {
            return emitter.Weight(constant, "weight", isTrained, null, Shape.Scalar);
        }
        if (shape.Rank == turnedRank)
        {
            return emitter.Weight(constant, "weight", isTrained, TensorFlowEmitter.ToChannelsFirst(turnedRank));
        }
        int[] order = [shape.Rank - 1, .. Enumerable.Range(0, shape.Rank - 1)];
        var turned = new Shape([
            shape[-1],
            .. Enumerable.Repeat<Dimension>(1, turnedRank - 1 - shape.Rank),
            .. shape.Dimensions[..^1],
        ]);
        return emitter.Weight(constant, "weight", isTrained, order, turned);
    }
}
