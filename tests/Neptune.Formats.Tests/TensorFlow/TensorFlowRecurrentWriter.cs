using static Neptune.Formats.Tests.TensorFlowGraphWriter;

namespace Neptune.Formats.Tests;

/// <summary>
/// Writes recurrent layers as Keras of TensorFlow 2 saves them: a function (<c>standard_lstm</c>, <c>standard_gru</c>) that puts
/// the steps into a list, and a loop whose body takes one step out of it and puts an output into another list.
/// </summary>
internal sealed class TensorFlowRecurrentWriter(string name, string[] states, string[] weights)
{
    private readonly List<ProtobufWriter> _cell = [];

    /// <summary>Adds a node to the cell, which reads <c>x</c>, the states and the weights.</summary>
    public TensorFlowRecurrentWriter Cell(
        string op,
        string node,
        string inputs,
        params (string Name, ProtobufWriter Value)[] attributes
    )
    {
        _cell.Add(NodeDef(op, node, inputs, attributes));
        return this;
    }

    /// <summary>Adds whole numbers to the cell.</summary>
    public TensorFlowRecurrentWriter Numbers(string node, params int[] numbers)
    {
        _cell.Add(Vector(node, numbers));
        return this;
    }

    /// <summary>Adds one whole number to the cell.</summary>
    public TensorFlowRecurrentWriter Number(string node, int number)
    {
        _cell.Add(Scalar(node, number));
        return this;
    }

    /// <summary>Adds one real number to the cell.</summary>
    public TensorFlowRecurrentWriter Real(string node, float number)
    {
        _cell.Add(RealScalar(node, number));
        return this;
    }

    /// <summary>
    /// Adds the layer's functions. That called as the layer gives the last output, all outputs (samples, steps, units) and the
    /// last states.
    /// </summary>
    /// <param name="graph">The graph.</param>
    /// <param name="units">How long the first state is.</param>
    /// <param name="next">What makes the states' next values; the first is the output too.</param>
    /// <param name="isBackwards">True where the last step is taken first.</param>
    /// <param name="isMasked">True where steps of zeros alone leave the states as they are.</param>
    public void AddTo(
        TensorFlowGraphWriter graph,
        int units,
        string[] next,
        bool isBackwards = false,
        bool isMasked = false
    )
    {
        string[] variables = ["counter", "most", "time", "outputs", .. states];
        string[] constants = ["steps", "inputs", .. weights];
        string[] all = [.. variables, .. constants];
        graph.Function(
            $"{name}_while_cond",
            string.Join(' ', all),
            "goes=Identity:output:0",
            NodeDef("Less", "Less", "time steps"),
            NodeDef("Identity", "Identity", "Less:z:0")
        );
        var results = variables
            .Zip(
                (string[])
                    [
                        "counter_next:z:0",
                        "most",
                        "time_next:z:0",
                        "set:output_handle:0",
                        .. states.Select(s => $"{s}_kept:output:0"),
                    ],
                (variable, result) => $"{variable}={result}"
            )
            .Concat(constants.Select(c => $"{c}={c}"));
        graph.Function(
            $"{name}_while_body",
            string.Join(' ', all),
            string.Join(' ', results.Select(r => r.Insert(r.IndexOf('=', StringComparison.Ordinal), "_out"))),
            [
                Scalar("one", 1),
                Vector("shape", -1, -1),
                NodeDef("AddV2", "counter_next", "counter one:output:0"),
                NodeDef("AddV2", "time_next", "time one:output:0"),
                NodeDef("TensorListGetItem", "get", "inputs time shape:output:0", Type("element_dtype", Real32)),
                NodeDef("Identity", "x", "get:item:0"),
                .. _cell,
                .. Kept(next, isMasked),
                NodeDef(
                    "TensorListSetItem",
                    "set",
                    $"outputs time {states[0]}_kept:output:0",
                    Type("element_dtype", Real32)
                ),
            ]
        );
        graph.Function(
            name,
            string.Join(' ', (string[])["sequence", .. states, .. weights]),
            string.Join(
                ' ',
                (string[])
                    [
                        "last=last:output:0",
                        "all=all:y:0",
                        .. states.Select((state, i) => $"{state}_last=while:output:{4 + i}"),
                    ]
            ),
            [
                Vector("swap", 1, 0, 2),
                NodeDef("Transpose", "by_step", "sequence swap:output:0"),
                Vector("first_axis", 0),
                NodeDef(
                    isBackwards ? "ReverseV2" : "Identity",
                    "ordered",
                    isBackwards ? "by_step:y:0 first_axis:output:0" : "by_step:y:0"
                ),
                NodeDef("Shape", "Shape", "ordered:output:0"),
                Vector("from", 0),
                Vector("to", 1),
                NodeDef(
                    "StridedSlice",
                    "steps",
                    "Shape:output:0 from:output:0 to:output:0 to:output:0",
                    Int("shrink_axis_mask", 1)
                ),
                Vector("output_shape", -1, units),
                NodeDef(
                    "TensorListReserve",
                    "outputs",
                    "output_shape:output:0 steps:output:0",
                    Type("element_dtype", Real32)
                ),
                Vector("input_shape", -1, -1),
                NodeDef(
                    "TensorListFromTensor",
                    "inputs",
                    "ordered:output:0 input_shape:output:0",
                    Type("element_dtype", Real32)
                ),
                Scalar("counter", 0),
                Scalar("most", -1),
                Scalar("time", 0),
                NodeDef(
                    "StatelessWhile",
                    "while",
                    "counter:output:0 most:output:0 time:output:0 outputs:handle:0 "
                        + $"{string.Join(' ', states)} steps:output:0 inputs:output_handle:0 {string.Join(' ', weights)}",
                    Function("cond", $"{name}_while_cond"),
                    Function("body", $"{name}_while_body")
                ),
                NodeDef(
                    "TensorListStack",
                    "stack",
                    "while:output:3 output_shape:output:0",
                    Type("element_dtype", Real32)
                ),
                Vector("end", -1),
                Vector("behind_end", 0),
                NodeDef(
                    "StridedSlice",
                    "last",
                    "stack:tensor:0 end:output:0 behind_end:output:0 to:output:0",
                    Int("shrink_axis_mask", 1)
                ),
                NodeDef("Transpose", "all", "stack:tensor:0 swap:output:0"),
            ]
        );
    }

    // As Keras masks: a step is one where any number differs from 0.
    private ProtobufWriter[] Kept(string[] next, bool isMasked) =>
        isMasked
            ?
            [
                RealScalar("nothing", 0),
                Scalar("last_axis", -1),
                NodeDef("NotEqual", "differs", "x:output:0 nothing:output:0"),
                NodeDef("Any", "is_step", "differs:z:0 last_axis:output:0", Flag("keep_dims", true)),
                NodeDef("Shape", "state_shape", $"{states[0]}"),
                NodeDef("BroadcastTo", "mask", "is_step:output:0 state_shape:output:0"),
                .. states.Select((s, i) => NodeDef("SelectV2", $"{s}_kept", $"mask:output:0 {next[i]} {s}")),
            ]
            : [.. states.Select((s, i) => NodeDef("Identity", $"{s}_kept", next[i]))];

    /// <summary>Whole numbers as a node.</summary>
    public static ProtobufWriter Vector(string node, params int[] numbers) =>
        NodeDef(
            "Const",
            node,
            "",
            Type("dtype", Whole32),
            ("value", new ProtobufWriter().Message(8, Tensor(Whole32, [numbers.Length], numbers)))
        );

    /// <summary>One whole number as a node.</summary>
    public static ProtobufWriter Scalar(string node, int number) =>
        NodeDef(
            "Const",
            node,
            "",
            Type("dtype", Whole32),
            ("value", new ProtobufWriter().Message(8, Tensor(Whole32, [], number)))
        );

    /// <summary>One real number as a node.</summary>
    public static ProtobufWriter RealScalar(string node, float number) =>
        NodeDef(
            "Const",
            node,
            "",
            Type("dtype", Real32),
            ("value", new ProtobufWriter().Message(8, Tensor(Real32, [], number)))
        );
}
