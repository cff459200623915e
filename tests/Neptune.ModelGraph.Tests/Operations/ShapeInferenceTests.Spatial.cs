namespace Neptune.ModelGraph.Tests;

public partial class ShapeInferenceTests
{
    private static TheoryData<string, string, string, string> GoodSpatial =>
        new()
        {
            { "Conv", "N,4,30 8,2,3 8", "group=2 strides=2, pads=1,1", "(N, 8, 15)" },
            { "Conv", "N,1,9,8,7 2,1,3,3,3", "dilations=2,1,1", "(N, 2, 5, 6, 5)" },
            { "Conv", "N,1,H,28 8,1,3,3", "", "(N, 8, ?, 26)" },
            { "Conv", "N,1,H,W 8,1,3,3", "pads=1,1,1,1", "(N, 8, H, W)" },
            { "Conv", "N,1,H,W 8,1,2,2", "auto_pad=SAME_UPPER", "(N, 8, H, W)" },
            { "Conv", "N,?,9,9 8,1,3,3", "", "(N, 8, 7, 7)" },
            { "ConvTranspose", "N,4,14,14 4,8,3,3 8", "strides=2,2 pads=1,1,1,1 output_padding=1,1", "(N, 8, 28, 28)" },
            { "ConvTranspose", "N,4,14,14 4,8,3,3", "strides=2,2 auto_pad=SAME_UPPER", "(N, 8, 28, 28)" },
            { "ConvTranspose", "N,4,5 4,2,3", "group=2 dilations=2,", "(N, 4, 9)" },
            { "ConvTranspose", "N,2,3,3,3 2,1,2,2,2", "strides=2,2,2", "(N, 1, 6, 6, 6)" },
            { "ConvTranspose", "N,2,3,3 2,1,2,2", "strides=2,2 output_shape=7,8", "(N, 1, 7, 8)" },
            { "ConvTranspose", "N,2,H,3 2,1,2,2", "strides=2,2", "(N, 1, ?, 6)" },
            { "ConvTranspose", "N,2,H,3 2,1,2,2", "strides=2,2 output_shape=9,6", "(N, 1, 9, 6)" },
            { "MaxPool", "N,3,9", "kernel_shape=2, strides=2, ceil_mode=1", "(N, 3, 5)" },
            { "MaxPool", "N,3,9,9,9", "kernel_shape=2,2,2 strides=2,2,2", "(N, 3, 4, 4, 4)" },
            { "MaxPool", "N,3,H,W", "kernel_shape=3,3 pads=1,1,1,1", "(N, 3, H, W)" },
            { "MaxPool", "N,3,H,8", "kernel_shape=2,2 strides=2,2 storage_order=1", "(N, 3, ?, 4)" },
            { "AveragePool", "N,3,9", "kernel_shape=3, dilations=2,", "(N, 3, 5)" },
            { "LpPool", "N,3,8,8", "kernel_shape=2,2 strides=2,2 p=3", "(N, 3, 4, 4)" },
            { "GlobalAveragePool", "N,3,T", "", "(N, 3, 1)" },
            { "GlobalMaxPool", "N,3,28,28", "", "(N, 3, 1, 1)" },
            { "GlobalLpPool", "N,3,8,8,8", "p=1", "(N, 3, 1, 1, 1)" },
            { "MaxUnpool", "N,3,4,4 i:N,3,4,4", "kernel_shape=2,2 strides=2,2", "(N, 3, 8, 8)" },
            { "MaxUnpool", "N,3,4,4 i:N,3,4,4 i:4", "kernel_shape=2,2", "(N, 3, ?, ?)" },
            { "Resize", "N,3,8,8", "scales=1f,1f,2f,1.5f", "(N, 3, 16, 12)" },
            { "Resize", "N,3,H,8", "scales=1f,1f,2f,2f mode=cubic", "(N, 3, ?, 16)" },
            { "Resize", "N,3,8,8", "sizes=20,30 axes=2,3 mode=linear antialias=1", "(N, 3, 20, 30)" },
            { "Resize", "N,3,8,8 4 4", "", "(?, ?, ?, ?)" },
            { "Resize", "N,3,8,8", "sizes=20,30 axes=-2,-1 keep_aspect_ratio_policy=not_larger", "(N, 3, ?, ?)" },
            { "Upsample", "N,3,8,8", "scales=1f,1f,2f,2f", "(N, 3, 16, 16)" },
            { "Upsample", "N,3,8,8 4", "mode=linear", "(?, ?, ?, ?)" },
            { "GridSample", "N,3,8,8 N,4,5,2", "mode=nearest", "(N, 3, 4, 5)" },
            { "GridSample", "N,3,8,8,8 N,4,5,6,3", "padding_mode=reflection", "(N, 3, 4, 5, 6)" },
            { "AffineGrid", "N,2,3 i:4", "", "(N, ?, ?, ?)" },
            { "RoiAlign", "N,3,8,8 R,4 i:R", "output_height=5 output_width=6", "(R, 3, 5, 6)" },
        };

    private static TheoryData<string, string, string, string> BadSpatial =>
        new()
        {
            { "Conv", "N,1,28 8,1,3", "strides=1,1", "strides is (1, 1), and must be 1 positive number." },
            { "Conv", "N,1,9,9,9 8,1,3,3,3", "pads=1,1,1", "must be 6 numbers from 0: those before each length" },
            { "Conv", "N,1,9,9,9,9 8,1,3,3,3,3", "", "another number of lengths from 1 to 3" },
            { "Conv", "N,1,28,28 8,1,K,3", "", "and must have fixed lengths greater than 0" },
            { "ConvTranspose", "N,3,8,8 4,8,3,3", "", "with 3 channels, and W has shape (4, 8, 3, 3), which takes 4" },
            { "ConvTranspose", "N,4,8,8 4,8,3,3 7", "", "B has shape (7,), and must be (8,)" },
            {
                "ConvTranspose",
                "N,4,8,8 4,8,3,3",
                "output_shape=9,",
                "output_shape is (9), and must be 2 numbers from 0"
            },
            { "ConvTranspose", "N,4,2,2 4,8,2,2", "pads=2,2,2,2", "which leave nothing of an output of 3 elements" },
            { "ConvTranspose", "N,4,8,8 4,8,3,3", "group=3", "group is 3, and must be a divisor of the 4 channels" },
            { "MaxPool", "N,3,9", "kernel_shape=2,2", "kernel_shape is (2, 2), and must be 1 positive number" },
            { "MaxPool", "N,3,9", "kernel_shape=2, storage_order=2", "storage_order is 2, and must be 0 or 1" },
            { "LpPool", "N,3,9", "kernel_shape=2, p=0", "p is 0, and must be at least 1" },
            { "GlobalLpPool", "N,3,9", "p=0", "p is 0" },
            {
                "MaxUnpool",
                "N,3,4,4 N,3,4,4",
                "kernel_shape=2,2",
                "I is Float32. X must be floating point, and I Int64"
            },
            { "MaxUnpool", "N,3,4,4 i:N,3,4,5", "kernel_shape=2,2", "must be that of X, (N, 3, 4, 4)" },
            { "Resize", "N,3,8,8", "", "it has neither scales nor sizes" },
            { "Resize", "N,3,8,8", "sizes=4,4", "sizes has 2 numbers, and X has shape (N, 3, 8, 8). Give 4" },
            { "Resize", "N,3,8,8", "scales=1f,1f,0f,2f", "scales has 0, and must be greater than 0" },
            { "Resize", "N,3,8,8", "sizes=4,4 axes=2,4", "axes is 4, and X has shape" },
            { "Resize", "N,3,8,8", "sizes=1,3,4,4 mode=linea", "mode is linea. Did you mean linear" },
            { "Upsample", "N,3,8,8", "", "scales is missing" },
            { "Upsample", "N,3,8,8", "mode=cubic scales=1f,1f,2f,2f", "mode is cubic. Valid are nearest and linear" },
            { "GridSample", "N,3,8,8 N,4,5,3", "", "grid has shape (N, 4, 5, 3), and must have 4 dimensions" },
            { "GridSample", "N,3,8 N,4,1", "", "X has shape (N, 3, 8), and must be (N, C, H, W)" },
            { "GridSample", "N,3,8,8,8 N,4,5,6,3", "mode=cubic", "or with mode linear or nearest" },
            { "GridSample", "N,3,8,8 N,4,5,2", "mode=cubi", "mode is cubi. Did you mean" },
            { "AffineGrid", "N,2,4 i:4", "", "theta has shape (N, 2, 4), and must be (N, 2, 3) or (N, 3, 4)" },
            { "AffineGrid", "N,2,3 4", "", "size is Float32. Give floating point and Int64" },
            { "RoiAlign", "N,3,8,8 R,5 i:R", "", "They must be (R, 4) and (R)" },
            { "RoiAlign", "N,3,8,8 R,4 i:R", "mode=mean", "mode is mean. Valid are avg and max" },
            { "RoiAlign", "N,3,8,8 R,4 R", "", "batch_indices whole numbers" },
        };
}
