using System.Collections.Immutable;

namespace Neptune.Formats;

/// <summary>Constants, variables, and nodes that pass on what they read.</summary>
internal static class TensorFlowControl
{
    /// <summary>The one operator that takes what it can get.</summary>
    public const string MergeOp = "Merge";

    /// <summary>Its operators.</summary>
    public static IEnumerable<TensorFlowOperator> Operators =>
        [
            .. TensorFlowOperator.Of("Const", Const, "all element types that are computed with"),
            .. TensorFlowOperator.Of(
                "Placeholder PlaceholderV2",
                TensorFlowFlags.ValueOf,
                "an input of the model; a training flag is false, a keep probability of dropout 1"
            ),
            .. TensorFlowOperator.Of("PlaceholderWithDefault", call => call[0], "its default, unless it is an input"),
            .. TensorFlowOperator.Of(
                "Identity StopGradient PreventGradient CheckNumerics Snapshot EnsureShape Print DeepCopy",
                call => call[0],
                "passes on what it reads"
            ),
            new("IdentityN", call => call.Inputs, "", "passes on what it reads"),
            .. TensorFlowOperator.Of("Variable VariableV2", Variable, "the value of the checkpoint"),
            .. TensorFlowOperator.Of("VarHandleOp", Handle, "the value of the checkpoint"),
            .. TensorFlowOperator.Of("ReadVariableOp", call => ValueOf(call[0]), "the value of the checkpoint"),
            new("Switch", Switch, "", "where what decides is known: the branch that is taken"),
            new(MergeOp, Merge, "", "where it is known which branch is taken"),
            .. TensorFlowOperator.Of(
                "RandomUniform",
                call => new TensorFlowValue.Uniform(0, 1, call.Type("dtype", TensorFlowDataType.Float)),
                "where what is drawn does not matter: dropout of rate 0"
            ),
        ];

    /// <summary>The value of a variable whose handle is read.</summary>
    public static TensorFlowValue ValueOf(TensorFlowValue value) =>
        value is not TensorFlowValue.Handle handle
            ? value
            : handle.Value
                ?? throw TensorFlowCall.Refuse(
                    "the file has no value for the variable; freeze the graph, or name a SavedModel's folder"
                );

    private static TensorFlowValue.Constant Const(TensorFlowCall call) =>
        new(
            TensorFlowTensors.ToValue(
                call.Tensor("value") ?? throw new ModelGraph.GraphException("it has no value. The file is damaged."),
                $"node {call.Name}"
            ),
            call.Name
        );

    private static TensorFlowValue Variable(TensorFlowCall call) => ValueOf(Handle(call));

    private static TensorFlowValue.Handle Handle(TensorFlowCall call) =>
        new(call.Variables?.Find(call.Name, call.Text("shared_name", "")) is { } value ? new(value, call.Name) : null);

    private static ImmutableArray<TensorFlowValue> Switch(TensorFlowCall call)
    {
        if (call[1] is not TensorFlowValue.Constant { Value.Bytes: { Length: 1 } decides })
        {
            throw TensorFlowCall.Refuse("what decides is computed when the graph runs");
        }
        return decides.Span[0] != 0 ? [new TensorFlowValue.Dead(), call[0]] : [call[0], new TensorFlowValue.Dead()];
    }

    private static ImmutableArray<TensorFlowValue> Merge(TensorFlowCall call)
    {
        var taken = call.Inputs.Where(i => i is not TensorFlowValue.Dead).ToArray();
        return taken.Length switch
        {
            0 => [new TensorFlowValue.Dead()],
            1 => [taken[0]],
            _ when taken.OfType<TensorFlowValue.Refused>().ToImmutableArray() is { IsEmpty: false } causes =>
            [
                new TensorFlowValue.Refused(null, causes),
            ],
            _ => throw TensorFlowCall.Refuse("it is not known which branch is taken"),
        };
    }
}
