namespace Neptune.ModelGraph.Tests;

public partial class ShapeInferenceTests
{
    private static readonly string[] Functions =
    [
        "Abs", "Acos", "Acosh", "Asin", "Asinh", "Atan", "Atanh", "Ceil", "Cos", "Cosh", "Erf", "Exp", "Floor", "Log", "Neg",
        "Reciprocal", "Round", "Sign", "Sin", "Sinh", "Sqrt", "Tan", "IsNaN", "IsInf", "Celu", "Elu", "Gelu", "Hardmax",
        "HardSigmoid", "HardSwish", "LeakyRelu", "Mish", "Selu", "Shrink", "Softplus", "Softsign", "Swish", "ThresholdedRelu",
    ];

    private static TheoryData<string, string, string, string> Elementwise
    {
        get
        {
            var data = new TheoryData<string, string, string, string>
            {
                { "Not", "b:N,3", "", "(N, 3)" },
                { "BitwiseNot", "i:N,3", "", "(N, 3)" },
                { "Relu", "i:N,3", "", "(N, 3)" },
                { "Neg", "...", "", "(...)" },
                { "PRelu", "N,3,4 3,1", "", "(N, 3, 4)" },
                { "Hardmax", "N,3,4", "axis=1", "(N, 3, 4)" },
                { "Sub", "N,3 N,1", "", "(N, 3)" },
                { "Add", "N,3 ?,3", "", "(N, 3)" },
                { "Add", "...  3", "", "(...)" },
                { "Div", "i:N,3 i:3", "", "(N, 3)" },
                { "Mod", "i:N,3 i:3", "", "(N, 3)" },
                { "Mod", "N,3 3", "fmod=1", "(N, 3)" },
                { "Pow", "N,3 i:3", "", "(N, 3)" },
                { "Max", "N,3 3 1,1", "", "(N, 3)" },
                { "Min", "N,3", "", "(N, 3)" },
                { "Mean", "N,3 3", "", "(N, 3)" },
                { "Sum", "3 N,3 1,1", "", "(N, 3)" },
                { "BitShift", "u:N,3 u:3", "direction=LEFT", "(N, 3)" },
                { "BitwiseAnd", "i:N,3 i:3", "", "(N, 3)" },
                { "BitwiseOr", "i:N,3 i:3", "", "(N, 3)" },
                { "BitwiseXor", "i:N,3 i:3", "", "(N, 3)" },
                { "And", "b:N,3 b:3", "", "(N, 3)" },
                { "Or", "b:N,3 b:3", "", "(N, 3)" },
                { "Xor", "b:N,3 b:3", "", "(N, 3)" },
                { "Equal", "b:N,3 b:3", "", "(N, 3)" },
                { "Greater", "N,3 3", "", "(N, 3)" },
                { "GreaterOrEqual", "N,3 3", "", "(N, 3)" },
                { "Less", "i:N,3 i:3", "", "(N, 3)" },
                { "LessOrEqual", "N,3 ()", "", "(N, 3)" },
                { "Where", "b:N,1 N,3 3", "", "(N, 3)" },
                { "Cast", "N,3", "to=Int64", "(N, 3)" },
                { "CastLike", "N,3 i:5", "", "(N, 3)" },
                { "Clip", "N,3 - ()", "", "(N, 3)" },
                { "Clip", "N,3", "min=0f max=6f", "(N, 3)" },
                { "Dropout", "N,3 () b:()", "", "(N, 3)" },
            };
            foreach (var function in Functions)
            {
                data.Add(function, "N,3", "", "(N, 3)");
            }
            return data;
        }
    }

    private static TheoryData<string, string, string, string> MoreBad =>
        new()
        {
            { "Not", "N,3", "", "X is Float32, and must be Boolean" },
            { "Exp", "i:N,3", "", "X is Int64, and must be a floating-point type" },
            { "Sub", "N,3 N,4", "", "do not broadcast" },
            { "Add", "N,3 i:N,3", "", "A is Float32 and B is Int64. Give both one type" },
            { "Max", "N,3 4", "", "data_0[1] has shape (4,), which do not broadcast" },
            { "Mod", "N,3 3", "", "Set fmod to 1" },
            { "BitShift", "u:N,3 u:3", "direction=UP", "direction is UP, and must be LEFT or RIGHT" },
            { "Gelu", "N,3", "approximate=erf", "approximate is erf, and must be none or tanh" },
            { "PRelu", "N,3 4", "", "slope has shape (4,), which does not broadcast to (N, 3)" },
            { "Where", "N,3 N,3 3", "", "condition is Float32, and must be Boolean" },
            { "Where", "b:N,3 N,3 i:3", "", "X is Float32 and Y is Int64" },
            { "Cast", "N,3", "", "to is missing" },
            { "Cast", "N,3", "to=Int63", "to is Int63. Did you mean Int64" },
            { "Clip", "N,3 3", "", "min has shape (3,), and must be a scalar" },
            { "Concat", "N,3 N,4,5", "axis=1", "Make all lengths but those of axis 1 equal" },
            { "Concat", "N,3 N,4", "", "axis is missing" },
            { "Concat", "N,3 2,4", "axis=1", "Make all lengths but those of axis 1 equal" },
            { "Expand", "N,3 [4]", "", "does not broadcast with shape (4,)" },
            { "Tile", "N,3 [4]", "", "must have one number for each dimension" },
            { "Pad", "N,3", "", "pads is missing" },
            { "Pad", "N,3 [1,2]", "", "must have 4 numbers" },
            { "Pad", "N,3 [0,0,0,-4]", "", "pads takes 4 from axis 1" },
            { "Pad", "N,3", "pads=0,1,0,1 mode=mirror", "mode is mirror" },
            { "Slice", "N,3 [0] [1] [2]", "", "axes holds 2, and there are 2 dimensions" },
            { "Slice", "N,3 [0] [1] [0] [0]", "", "steps holds 0" },
            { "Slice", "N,3 [0] [1,2]", "", "ends has 2 numbers" },
            { "Slice", "N,3", "starts=0,", "ends is missing" },
            { "Split", "N,3 [1,1]", "axis=1", "Give one length for each" },
            { "Squeeze", "N,3 [1]", "", "whose length there is not 1" },
            { "Unsqueeze", "N,3", "", "axes is missing" },
            { "Unsqueeze", "N,3 [1,1]", "", "must name each axis once" },
            { "DepthToSpace", "N,6,2,2", "blocksize=2", "no multiple of 4" },
            { "SpaceToDepth", "N,6,3,2", "blocksize=2", "no multiple of 2" },
            { "Trilu", "3", "", "at least 2 dimensions" },
            { "ReverseSequence", "4,3 i:4", "", "must have a length for each of 3 sequences" },
            { "Range", "i:() i:() [0]0", "", "delta is 0" },
            { "ConstantOfShape", "[-1]", "", "lengths must not be negative" },
            { "ConstantOfShape", "[2]", "type=Int64 shape=2 value=AAAAAAAAAAABAAAAAAAAAA==", "must have one element" },
            { "EyeLike", "N,3,4", "", "must be a matrix" },
            { "Gather", "N,3 [3]", "axis=1", "indices holds 3" },
            { "Gather", "N,3 3", "", "indices is Float32, and must be Int32 or Int64" },
            { "GatherElements", "N,3 i:3", "", "Give both as many dimensions" },
            { "GatherND", "N,3 i:N,3", "", "each names 3 axes" },
            { "ScatterElements", "N,3 i:2,3 2,4", "", "Give one update for each index" },
            { "ScatterElements", "N,3 i:2,3 2,3", "reduction=avg", "reduction is avg" },
            { "ScatterND", "4,3 i:2,1 2,4", "", "updates has shape (2, 4), and must be (2, 3)" },
            { "TensorScatter", "2,3,4 2,1,5", "", "Make all lengths but those of axis 1 equal" },
            { "OneHot", "i:N i:() 3", "", "values has shape (3,)" },
            { "TopK", "N,3 [4]", "", "K is 4" },
            { "TopK", "N,3", "", "K is missing" },
            { "ReduceSum", "N,3", "axes=2,", "axes holds 2" },
            { "ReduceSum", "N,3", "axes=1,-1", "must name each axis once" },
            { "Einsum", "N,3 4,5", "equation=ij,jk->ik", "where j has the lengths 3 and 4" },
            { "Einsum", "N,3", "equation=ijk", "Name each axis by one letter" },
            { "Einsum", "N,3", "equation=ij,jk->ik", "and there are 1 inputs" },
            { "Einsum", "N,3", "equation=ij->k", "whose output has k" },
            { "Det", "N,3,4", "", "must be square matrices" },
            { "NegativeLogLikelihoodLoss", "N,3 i:4", "", "Give a class (axis 1) for each place" },
            { "SoftmaxCrossEntropyLoss", "N,3 i:N 4", "", "weights has shape (4,), and must be (3,)" },
            { "SoftmaxCrossEntropyLoss", "N,3 i:N", "reduction=max", "reduction is max" },
            { "QuantizeLinear", "N,3 4", "", "one for each place along the axis" },
            { "MatMulInteger", "i:N,3 u:3,4", "", "A is Int64, and must be Int8 or UInt8" },
        };
}
