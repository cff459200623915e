using static Neptune.Formats.Tests.TensorFlowGraphWriter;

namespace Neptune.Formats.Tests;

/// <summary>Writes loops of either TensorFlow.</summary>
internal static class TensorFlowLoopWriter
{
    /// <summary>
    /// A loop of the first TensorFlow: Enter, Merge, Switch, NextIteration and Exit for each variable. In it, a variable is read
    /// as <c>NAME</c>, in the condition as <c>NAME_merge</c>, a constant as <c>NAME_in</c>, and what it is in the end as
    /// <c>NAME_exit</c>.
    /// </summary>
    /// <param name="graph">The graph.</param>
    /// <param name="frame">The loop's name.</param>
    /// <param name="variables">Their names, first values and next values.</param>
    /// <param name="constants">The values from outside that it reads.</param>
    /// <param name="condition">The node that says whether it goes on.</param>
    public static TensorFlowGraphWriter Frame(
        this TensorFlowGraphWriter graph,
        string frame,
        (string Name, string First, string Next)[] variables,
        string[] constants,
        string condition
    )
    {
        graph.Node("LoopCond", $"{frame}/LoopCond", condition);
        foreach (var constant in constants)
        {
            graph.Node(
                "Enter",
                $"{constant.Replace(':', '_')}_in",
                constant,
                Text("frame_name", frame),
                Flag("is_constant", true)
            );
        }
        foreach (var (name, first, next) in variables)
        {
            graph
                .Node("Enter", $"{name}_enter", first, Text("frame_name", frame))
                .Node("Merge", $"{name}_merge", $"{name}_enter {name}_next")
                .Node("Switch", $"{name}_switch", $"{name}_merge {frame}/LoopCond")
                .Node("Identity", name, $"{name}_switch:1")
                .Node("Exit", $"{name}_exit", $"{name}_switch")
                .Node("NextIteration", $"{name}_next", next);
        }
        return graph;
    }

    /// <summary>A loop of a counter below a number, in functions; its results are the counter and what the body makes.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="name">The node's name.</param>
    /// <param name="limit">How often it runs.</param>
    /// <param name="arguments">What stands beside the counter <c>i</c> in functions.</param>
    /// <param name="first">The arguments' first values.</param>
    /// <param name="next">What makes the arguments' next values.</param>
    /// <param name="body">The body's nodes.</param>
    public static TensorFlowGraphWriter Loop(
        this TensorFlowGraphWriter graph,
        string name,
        int limit,
        string[] arguments,
        string first,
        string[] next,
        params ProtobufWriter[] body
    ) =>
        graph
            .Functions(name, limit, arguments, next, body)
            .Scalar($"{name}/zero", 0)
            .While(name, $"{name}/zero {first}");

    /// <summary>The node of a loop.</summary>
    public static TensorFlowGraphWriter While(this TensorFlowGraphWriter graph, string name, string inputs) =>
        graph.Node("While", name, inputs, Function("cond", $"{name}_cond"), Function("body", $"{name}_body"));

    /// <summary>The functions of a loop of a counter.</summary>
    public static TensorFlowGraphWriter Functions(
        this TensorFlowGraphWriter graph,
        string name,
        int limit,
        string[] arguments,
        string[] next,
        params ProtobufWriter[] body
    ) =>
        graph
            .Function(
                $"{name}_cond",
                string.Join(' ', (string[])["i", .. arguments]),
                "goes=Less:z:0",
                TensorFlowRecurrentWriter.Scalar("limit", limit),
                NodeDef("Less", "Less", "i limit:output:0")
            )
            .Function(
                $"{name}_body",
                string.Join(' ', (string[])["i", .. arguments]),
                string.Join(' ', (string[])["i_out=i_next:z:0", .. arguments.Zip(next, (a, n) => $"{a}_out={n}")]),
                [TensorFlowRecurrentWriter.Scalar("one", 1), NodeDef("AddV2", "i_next", "i one:output:0"), .. body]
            );
}
