namespace Neptune.ModelGraph.Tests;

public partial class ShapeInferenceTests
{
    private static TheoryData<string, string, string, string> Indexing =>
        new()
        {
            { "Gather", "N,5,4 i:2,3", "axis=1", "(N, 2, 3, 4)" },
            { "Gather", "N,5,4 [-1]0", "axis=1", "(N, 4)" },
            { "Gather", "N,5 i:...", "", "(...)" },
            { "GatherElements", "N,5 i:N,2", "axis=1", "(N, 2)" },
            { "GatherND", "4,5,6 i:7,2", "", "(7, 6)" },
            { "GatherND", "N,5,6 i:N,7,1", "batch_dims=1", "(N, 7, 6)" },
            { "GatherND", "N,5,6 i:N,?", "", "(...)" },
            { "Scatter", "N,5 i:N,2 N,2", "axis=1", "(N, 5)" },
            { "ScatterElements", "N,5 i:N,2 N,2", "axis=1 reduction=add", "(N, 5)" },
            { "ScatterND", "4,5,6 i:7,2 7,6", "reduction=max", "(4, 5, 6)" },
            { "TensorScatter", "N,8,4 N,1,4 i:N", "mode=circular", "(N, 8, 4)" },
            { "ArgMax", "N,5", "axis=1", "(N, 1)" },
            { "ArgMin", "N,5", "axis=1 keepdims=0 select_last_index=1", "(N,)" },
            { "NonZero", "N,5", "", "(2, ?)" },
            { "OneHot", "i:N,5 [7]0 2", "", "(N, 5, 7)" },
            { "OneHot", "i:N,5 i:() 2", "axis=0", "(?, N, 5)" },
            { "CumSum", "N,5 i:()", "reverse=1", "(N, 5)" },
            { "TopK", "N,5 [3]", "", "(N, 3)" },
            { "TopK", "N,5 i:1", "largest=0", "(N, ?)" },
            { "TopK", "N,5", "k=2 axis=1", "(N, 2)" },
            { "Unique", "N,5", "", "(?,)" },
            { "Unique", "N,5", "axis=1 sorted=0", "(N, ?)" },
        };

    private static TheoryData<string, string, string, string> Reduction =>
        new()
        {
            { "ReduceSum", "N,5,4 [1]", "", "(N, 1, 4)" },
            { "ReduceSum", "N,5,4", "", "(1, 1, 1)" },
            { "ReduceSum", "N,5,4", "noop_with_empty_axes=1", "(N, 5, 4)" },
            { "ReduceSum", "N,5,4 i:1", "", "(?, ?, ?)" },
            { "ReduceSum", "N,5,4 i:1", "keepdims=0", "(?, ?)" },
            { "ReduceMean", "N,5,4", "axes=1,-1 keepdims=0", "(N,)" },
            { "ReduceMax", "N,5 [-1]", "keepdims=0", "(N,)" },
            { "ReduceMin", "b:N,5 [-1]", "keepdims=0", "(N,)" },
            { "ReduceProd", "N,5", "keepdims=0", "()" },
            { "ReduceL1", "N,5 [1]", "", "(N, 1)" },
            { "ReduceL2", "N,5 [1]", "", "(N, 1)" },
            { "ReduceLogSum", "N,5 [1]", "", "(N, 1)" },
            { "ReduceLogSumExp", "N,5 [1]", "", "(N, 1)" },
            { "ReduceSumSquare", "i:N,5 [1]", "", "(N, 1)" },
            { "Det", "N,3,3", "", "(N,)" },
            { "Einsum", "N,3,4 N,4,5", "equation=bij,bjk->bik", "(N, 3, 5)" },
            { "Einsum", "N,3,4 4,5", "equation=...j,jk->...k", "(N, 3, 5)" },
            { "Einsum", "3,3", "equation=ii->i", "(3,)" },
            { "NegativeLogLikelihoodLoss", "N,3,4 i:N,4", "reduction=none", "(N, 4)" },
            { "NegativeLogLikelihoodLoss", "N,3 i:N 3", "ignore_index=-1", "()" },
            { "SoftmaxCrossEntropyLoss", "N,3 i:N", "", "()" },
            { "MatMulInteger", "u:N,3 u:3,4 u:()", "", "(N, 4)" },
            { "QuantizeLinear", "N,3 3 u:3", "", "(N, 3)" },
            { "DequantizeLinear", "u:N,3 ()", "", "(N, 3)" },
            { "DequantizeLinear", "u:N,6 N,2", "block_size=3", "(N, 6)" },
            { "DynamicQuantizeLinear", "N,3", "", "(N, 3)" },
        };
}
