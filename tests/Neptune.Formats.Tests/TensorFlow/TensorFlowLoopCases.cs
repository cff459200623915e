using static Neptune.Formats.Tests.TensorFlowGraphWriter;
using static TorchSharp.torch;

namespace Neptune.Formats.Tests;

/// <summary>Loops, branches, and lists and arrays of tensors.</summary>
internal static class TensorFlowLoopCases
{
    private static readonly long[] Rows = [2, 3];
    private static readonly (string, ProtobufWriter) Real = Type("element_dtype", Real32);

    public static IEnumerable<TensorFlowCase> All =>
        [
            new("a loop that never runs", Rows, g => Doubled(g, 0), x => x * 1),
            new("a loop that runs 6 times", Rows, g => Doubled(g, 6), x => x * 64) { Operations = ("Add", 6) },
            new(
                "a loop in a loop",
                Rows,
                g =>
                    g.Functions("inner", 3, ["v"], ["sum:z:0"], NodeDef("AddV2", "sum", "v v"))
                        .Loop(
                            "outer",
                            2,
                            ["v"],
                            "x",
                            ["minus:y:0"],
                            TensorFlowRecurrentWriter.Scalar("zero", 0),
                            NodeDef(
                                "StatelessWhile",
                                "in",
                                "zero:output:0 v",
                                Function("cond", "inner_cond"),
                                Function("body", "inner_body")
                            ),
                            NodeDef("Neg", "minus", "in:output:1")
                        )
                        .Node("Identity", "y", "outer:1"),
                x => x * 64
            )
            {
                Operations = ("Neg", 2),
            },
            new(
                "a branch by the round of a loop",
                Rows,
                g =>
                    Branches(g)
                        .Loop(
                            "loop",
                            3,
                            ["v"],
                            "x",
                            ["If:output:0"],
                            NodeDef("Less", "early", "i one:output:0"),
                            NodeDef(
                                "If",
                                "If",
                                "early:z:0 v",
                                Function("then_branch", "minus"),
                                Function("else_branch", "twice")
                            )
                        )
                        .Node("Identity", "y", "loop:1"),
                x => x * -4
            ),
            new(
                "StatelessIf with a known condition",
                Rows,
                g =>
                    Branches(g)
                        .Scalar("zero", 0)
                        .Node(
                            "StatelessIf",
                            "y",
                            "zero x",
                            Function("then_branch", "minus"),
                            Function("else_branch", "twice")
                        ),
                x => x * 2
            ),
            new("a loop of Enter and Exit over arrays", [2, 4, 3], Arrays, x => x.cumsum(1)),
            new("a loop of Enter and Exit in another", Rows, Nested, x => x * 64),
            new(
                "a list of which one element was never set",
                Rows,
                g =>
                    List(g, 3)
                        .Scalar("at", 1)
                        .Node("TensorListSetItem", "set", "list at x", Real)
                        .Node("TensorListStack", "y", "set shape", Real),
                x => stack([x * 0, x, x * 0], 0)
            ),
            new(
                "elements of a list in another order",
                Rows,
                g =>
                    List(g, 0)
                        .Node("Neg", "n", "x")
                        .Node("TensorListPushBack", "one", "list x", Real)
                        .Node("TensorListPushBack", "two", "one n", Real)
                        .Vector("places", 1, 0, 1)
                        .Node("TensorListGather", "y", "two places shape", Real),
                x => stack([-x, x, -x], 0)
            ),
            new(
                "the last element of a list taken off",
                Rows,
                g =>
                    g.Vector("shape", -1, 3)
                        .Scalar("most", -1)
                        .Node("EmptyTensorList", "list", "shape most", Real)
                        .Node("TensorListPushBack", "one", "list x", Real)
                        .Node("Neg", "n", "x")
                        .Node("TensorListPushBack", "two", "one n", Real)
                        .Node("TensorListPopBack", "popped", "two shape", Real)
                        .Node("TensorListStack", "rest", "popped shape", Real)
                        .Node("Sub", "y", "rest popped:1"),
                x => (x * 2).unsqueeze(0)
            ),
            new(
                "a list's length and its elements' shape",
                Rows,
                g =>
                    List(g, 5)
                        .Node("TensorListLength", "length", "list")
                        .Node("TensorListElementShape", "lengths", "list", Type("shape_type", Whole32))
                        .Scalar("zero", 0)
                        .Node("Sum", "sum", "lengths zero")
                        .Node("Add", "both", "length sum")
                        .Node("Cast", "real", "both", Type("DstT", Real32))
                        .Node("Mul", "y", "x real"),
                x => x * 7
            ),
            new(
                "an element of a tensor's list",
                [2, 3, 4],
                g =>
                    g.Vector("swap", 1, 0, 2)
                        .Node("Transpose", "t", "x swap")
                        .Vector("shape", -1, 4)
                        .Node("TensorListFromTensor", "list", "t shape", Real)
                        .Scalar("two", 2)
                        .Node("TensorListGetItem", "y", "list two shape", Real),
                x => x.select(1, 2)
            ),
        ];

    private static void Doubled(TensorFlowGraphWriter graph, int times) =>
        graph
            .Loop("loop", times, ["v"], "x", ["sum:z:0"], NodeDef("AddV2", "sum", "v v"))
            .Const("unit", [], 1f)
            .Node("Mul", "y", "loop:1 unit");

    private static TensorFlowGraphWriter Branches(TensorFlowGraphWriter graph) =>
        graph
            .Function("minus", "v", "r=Neg:y:0", NodeDef("Neg", "Neg", "v"))
            .Function("twice", "v", "r=Add:z:0", NodeDef("Add", "Add", "v v"));

    private static TensorFlowGraphWriter List(TensorFlowGraphWriter graph, int count) =>
        graph.Vector("shape", -1, 3).Scalar("count", count).Node("TensorListReserve", "list", "shape count", Real);

    // Running sums along the second axis.
    private static void Arrays(TensorFlowGraphWriter graph) =>
        graph
            .Vector("swap", 1, 0, 2)
            .Node("Transpose", "t", "x swap")
            .Node("Shape", "shape", "t")
            .Vector("from", 0)
            .Vector("to", 1)
            .Node("StridedSlice", "steps", "shape from to to", Int("shrink_axis_mask", 1))
            .Node("TensorArrayV3", "read_from", "steps", Type("dtype", Real32))
            .Node("TensorArrayV3", "write_to", "steps", Type("dtype", Real32))
            .Scalar("zero", 0)
            .Scalar("one", 1)
            .Node("Range", "places", "zero steps one")
            .Node("TensorArrayScatterV3", "scattered", "read_from places t read_from:1")
            .Scalar("first", 0)
            .Node("StridedSlice", "start", "t from to to", Int("shrink_axis_mask", 1))
            .Node("ZerosLike", "nothing", "start")
            .Frame(
                "loop",
                [("time", "first", "time_plus"), ("sum", "nothing", "sum_plus"), ("flow", "write_to:1", "written")],
                ["steps", "read_from", "scattered", "write_to"],
                "goes"
            )
            .Node("Less", "goes", "time_merge steps_in")
            .Scalar("step", 1)
            .Node("AddV2", "time_plus", "time step")
            .Node("TensorArrayReadV3", "element", "read_from_in time scattered_in", Type("dtype", Real32))
            .Node("AddV2", "sum_plus", "sum element")
            .Node("TensorArrayWriteV3", "written", "write_to_in time sum_plus flow", Type("T", Real32))
            .Node("TensorArraySizeV3", "size", "write_to flow_exit")
            .Node("Range", "all", "zero size one")
            .Node("TensorArrayGatherV3", "gathered", "write_to all flow_exit", Type("dtype", Real32))
            .Node("Transpose", "y", "gathered swap");

    private static void Nested(TensorFlowGraphWriter graph) =>
        graph
            .Scalar("zero", 0)
            .Scalar("two", 2)
            .Scalar("three", 3)
            .Frame("outer", [("i", "zero", "i_plus"), ("v", "x", "w_exit")], ["two", "three"], "outer_goes")
            .Node("Less", "outer_goes", "i_merge two_in")
            .Scalar("one", 1)
            .Node("AddV2", "i_plus", "i one")
            .Scalar("inner_zero", 0)
            .Frame("inner", [("j", "inner_zero", "j_plus"), ("w", "v", "w_plus")], ["three_in"], "inner_goes")
            .Node("Less", "inner_goes", "j_merge three_in_in")
            .Scalar("inner_one", 1)
            .Node("AddV2", "j_plus", "j inner_one")
            .Node("AddV2", "w_plus", "w w")
            .Node("Identity", "y", "v_exit");
}
