namespace Neptune.ModelGraph.Tests;

public partial class ShapeInferenceTests
{
    private static TheoryData<string, string, string, string> GoodNormalization =>
        new()
        {
            { "BatchNormalization", "N,3,H,W 3 3 3 3", "training_mode=1", "(N, 3, H, W)" },
            { "LayerNormalization", "N,T,8 8 8", "", "(N, T, 8)" },
            { "LayerNormalization", "N,4,8 4,8", "axis=1", "(N, 4, 8)" },
            { "RMSNormalization", "N,T,8 8", "epsilon=0.1f", "(N, T, 8)" },
            { "GroupNormalization", "N,6,8,8 6 6", "num_groups=3", "(N, 6, 8, 8)" },
            { "GroupNormalization", "N,6,8,8 3 3", "num_groups=3", "(N, 6, 8, 8)" },
            { "InstanceNormalization", "N,6,T 6 6", "", "(N, 6, T)" },
            { "MeanVarianceNormalization", "N,6,H,W", "", "(N, 6, H, W)" },
            { "LpNormalization", "N,6", "axis=0 p=1", "(N, 6)" },
            { "LRN", "N,6,8,8", "size=5", "(N, 6, 8, 8)" },
            { "RNN", "T,N,5 1,7,5 1,7,7 1,14", "", "(T, 1, N, 7)" },
            { "RNN", "N,T,5 2,7,5 2,7,7", "layout=1 direction=bidirectional", "(N, T, 2, 7)" },
            { "GRU", "T,N,5 1,21,5 1,21,7 1,42 i:N 1,N,7", "hidden_size=7", "(T, 1, N, 7)" },
            { "LSTM", "T,N,5 1,28,5 1,28,7 1,56 i:N 1,N,7 1,N,7 1,21", "", "(T, 1, N, 7)" },
            { "Attention", "N,8,S,4 N,2,T,4 N,2,T,6", "", "(N, 8, S, 6)" },
            { "Attention", "N,S,32 N,T,8 N,T,12", "q_num_heads=8 kv_num_heads=2", "(N, S, 48)" },
            { "RotaryEmbedding", "N,8,S,4 N,S,2 N,S,2", "", "(N, 8, S, 4)" },
            { "RotaryEmbedding", "N,S,32 50,2 50,2 i:N,S", "num_heads=8", "(N, S, 32)" },
        };

    private static TheoryData<string, string, string, string> BadNormalization =>
        new()
        {
            { "BatchNormalization", "N,3,8,8 3 3 3 3", "training_mode=2", "training_mode is 2, and must be 0 or 1" },
            { "LayerNormalization", "N,T,8 7", "", "Scale has shape (7,), which does not broadcast to that of X" },
            { "LayerNormalization", "N,T,8 8", "axis=3", "axis is 3, and X has shape (N, T, 8)" },
            { "RMSNormalization", "N,T,8 8", "epsilon=-1f", "epsilon is -1, and must not be negative" },
            { "GroupNormalization", "N,6,8,8 6 6", "num_groups=4", "num_groups is 4, and must divide the 6 channels" },
            { "GroupNormalization", "N,6,8,8 6 6", "", "num_groups is 0" },
            { "GroupNormalization", "N,6,8,8 5 6", "num_groups=3", "scale has shape (5,), and must be (6,)" },
            { "InstanceNormalization", "N,6,T 6 5", "", "B has shape (5,), and must be (6,)" },
            { "InstanceNormalization", "N 6 5", "", "and must have at least 2 dimensions" },
            { "MeanVarianceNormalization", "N,6,8", "", "axes is 3, and X has shape (N, 6, 8)" },
            { "LpNormalization", "N,6", "p=3", "p is 3, and must be 1 or 2" },
            { "LRN", "N,6,8,8", "", "size is 0, and must be at least 1" },
            { "RNN", "T,N,5 1,7,6 1,7,7", "", "W has shape (1, 7, 6), and must be (1, 7, 5)" },
            { "RNN", "T,N,5 1,7,5 1,7,7", "direction=back", "direction is back" },
            { "GRU", "T,N,5 1,20,5 1,21,7", "", "W has shape (1, 20, 5), and must be (1, 21, 5)" },
            { "GRU", "N,5 1,21,5 1,21,7", "", "X has shape (N, 5), and must be (T, N, I)" },
            { "LSTM", "T,N,5 1,28,5 1,28,7", "hidden_size=8", "W has shape (1, 28, 5), and must be (1, 32, 5)" },
            { "LSTM", "T,N,5 1,28,5 1,28,7 1,56 N", "", "sequence_lens is Float32, and must be Int32" },
            { "Attention", "N,8,S,4 N,3,T,4 N,3,T,6", "", "Q has 8 heads, and K has 3, which must divide that" },
            { "Attention", "N,8,S,4 N,2,T,5 N,2,T,6", "", "Heads of Q and K must be of one width" },
            { "Attention", "N,S,32 N,T,8 N,T,12", "", "q_num_heads is 0, and must divide the last length of Q" },
            { "RotaryEmbedding", "N,S,32 50,2 50,2 i:N,S", "", "num_heads is 0, and must divide" },
            { "RotaryEmbedding", "N,8,S,4 50,2 50,2", "", "Both must be (N, length, width / 2)" },
        };
}
