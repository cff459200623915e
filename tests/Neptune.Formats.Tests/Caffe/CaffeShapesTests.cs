using Neptune.ModelGraph;
using static Neptune.Formats.Tests.CaffeTexts;

namespace Neptune.Formats.Tests;

/// <summary>Layers that lay elements out anew, put blobs together, or give a part of them.</summary>
public sealed class CaffeShapesTests(OneDevice device) : IClassFixture<OneDevice>
{
    private static readonly Blob4 X = Blob4.Sample(2, 4, 3, 5);

    [Theory]
    [InlineData("Flatten", "", "2,60")]
    [InlineData("Flatten", "flatten_param { axis: 1 end_axis: 2 }", "2,12,5")]
    [InlineData("Flatten", "flatten_param { axis: -2 }", "2,4,15")]
    [InlineData("Reshape", "reshape_param { shape { dim: 0 dim: -1 } }", "2,60")]
    [InlineData("Reshape", "reshape_param { shape { dim: 1 dim: 60 } }", "2,60")]
    [InlineData("Reshape", "reshape_param { shape { dim: 0 dim: 2 dim: -1 dim: 0 } }", "2,2,6,5")]
    [InlineData("Reshape", "reshape_param { axis: 2 shape { dim: 15 } }", "2,4,15")]
    [InlineData("Reshape", "reshape_param { axis: 1 num_axes: 2 shape { dim: -1 dim: 2 } }", "2,6,2,5")]
    [InlineData("Reshape", "reshape_param { axis: 1 num_axes: 0 shape { dim: 1 } }", "2,1,4,3,5")]
    [InlineData("Reshape", "reshape_param { axis: -1 shape { dim: 1 } }", "2,4,3,5,1")]
    public async Task Given_another_shape_when_run_then_elements_stay_in_order(
        string type,
        string settings,
        string shape
    )
    {
        var found = await Run(Layer(type, settings));
        Assert.Equal(shape, string.Join(',', found["y"].Shape.ToArray()));
        Assert.Equal(X.Floats(), found["y"].Floats.ToArray());
    }

    [Theory]
    [InlineData("", 1)]
    [InlineData("concat_param { axis: -1 }", 3)]
    [InlineData("concat_param { concat_dim: 2 }", 2)]
    public async Task Given_blobs_when_joined_and_cut_then_they_are_the_same_again(string settings, int axis)
    {
        var length = new[] { 2, 4, 3, 5 }[axis];
        var found = await Run(
            $$"""
            layer { name: 'p' type: 'Power' bottom: 'data' top: 'p' power_param { shift: 1 } }
            layer { name: 'c' type: 'Concat' bottom: 'data' bottom: 'p' top: 'c' {{settings}} }
            layer { name: 's' type: 'Slice' bottom: 'c' top: 'a' top: 'b' slice_param { axis: {{axis}} } }
            layer { name: 't' type: 'Slice' bottom: 'c' top: 'd' top: 'e' top: 'f'
                    slice_param { slice_dim: {{axis}} slice_point: 1 slice_point: {{length}} } }
            """
        );
        Assert.Equal(["a", "b", "d", "e", "f"], found.Keys.Order());
        Assert.Equal(X.Floats(), found["a"].Floats.ToArray());
        Assert.Equal(X.Map(x => x + 1).Floats(), found["b"].Floats.ToArray());
        Assert.Equal(
            (1, length - 1, length),
            (found["d"].Shape[axis].Length, found["e"].Shape[axis].Length, found["f"].Shape[axis].Length)
        );
        Assert.Equal(X.Map(x => x + 1).Floats(), found["f"].Floats.ToArray());
    }

    [Fact]
    public async Task Given_a_split_and_a_silence_when_run_then_tops_are_copies_and_what_is_silent_is_no_output()
    {
        var found = await Run(
            "layer { name: 's' type: 'Split' bottom: 'data' top: 'a' top: 'b' top: 'c' }"
                + " layer { name: 'q' type: 'Silence' bottom: 'b' } layer { name: 'r' type: 'ReLU' bottom: 'c' top: 'c' }"
        );
        Assert.Equal(X.Floats(), found["a"].Floats.ToArray());
        Assert.Equal(X.Map(x => Math.Max(x, 0)).Floats(), found["c"].Floats.ToArray());
    }

    [Theory]
    [InlineData("operation: PROD")]
    [InlineData("operation: MAX")]
    [InlineData("")]
    [InlineData("operation: SUM coeff: 1 coeff: -2 coeff: 0.5")]
    public async Task Given_three_blobs_when_taken_together_then_it_is_by_element(string settings)
    {
        var found = await Run(
            $$"""
            layer { name: 'p' type: 'Power' bottom: 'data' top: 'p' power_param { shift: 0.5 } }
            layer { name: 'q' type: 'AbsVal' bottom: 'data' top: 'q' }
            layer { name: 'y' type: 'Eltwise' bottom: 'data' bottom: 'p' bottom: 'q' top: 'y' eltwise_param { {{settings}} } }
            """
        );
        Close(
            X.Map(x =>
                settings switch
                {
                    "operation: PROD" => x * (x + 0.5) * Math.Abs(x),
                    "operation: MAX" => Math.Max(x + 0.5, Math.Abs(x)),
                    "" => x + x + 0.5 + Math.Abs(x),
                    _ => x - (2 * (x + 0.5)) + (0.5 * Math.Abs(x)),
                }
            ),
            found["y"]
        );
    }

    [Fact]
    public async Task Given_tiles_when_run_then_the_axis_is_repeated() =>
        Close(
            Blob4.Of(2, 4, 6, 5, (n, c, y, z) => X[n, c, y % 3, z]),
            (await Run(Layer("Tile", "tile_param { axis: 2 tiles: 2 }")))["y"]
        );

    [Fact]
    public async Task Given_a_crop_when_run_then_the_part_is_as_large_as_the_second_blob()
    {
        const string Pool =
            "layer { name: 'p' type: 'Pooling' bottom: 'data' top: 'p' pooling_param { kernel_size: 2 } } ";
        var shifted = await Run(
            Pool
                + "layer { name: 'y' type: 'Crop' bottom: 'data' bottom: 'p' top: 'y' crop_param { offset: 1 offset: 0 } }"
        );
        Close(Blob4.Of(2, 4, 2, 4, (n, c, y, z) => X[n, c, y + 1, z]), shifted["y"]);
        var last = await Run(
            Pool + "layer { name: 'y' type: 'Crop' bottom: 'data' bottom: 'p' top: 'y' crop_param { offset: 1 } }"
        );
        Close(Blob4.Of(2, 4, 2, 4, (n, c, y, z) => X[n, c, y + 1, z + 1]), last["y"]);
    }

    [Theory]
    [InlineData("SUM")]
    [InlineData("ASUM")]
    [InlineData("SUMSQ")]
    [InlineData("MEAN")]
    public async Task Given_a_reduction_when_run_then_the_last_axes_are_one_number(string operation)
    {
        var found = await Run(Layer("Reduction", $"reduction_param {{ operation: {operation} axis: 2 coeff: 0.5 }}"));
        Assert.Equal(Shape.Of(2, 4), found["y"].Shape);
        for (var i = 0; i < 8; i++)
        {
            var values = Enumerable.Range(0, 15).Select(k => X[i / 4, i % 4, k / 5, k % 5]).ToArray();
            var expected = operation switch
            {
                "SUM" => values.Sum(),
                "ASUM" => values.Sum(Math.Abs),
                "SUMSQ" => values.Sum(v => v * v),
                _ => values.Average(),
            };
            Assert.Equal(0.5 * expected, found["y"].Floats[i], 1e-5);
        }
    }

    [Fact]
    public async Task Given_places_of_the_greatest_when_run_then_they_are_numbers_as_in_Caffe()
    {
        var all = await Run(Layer("ArgMax", "argmax_param { out_max_val: true }"));
        var along = await Run(Layer("ArgMax", "argmax_param { axis: 1 }"));
        var values = await Run(Layer("ArgMax", "argmax_param { axis: 1 out_max_val: true }"));
        Assert.Equal(Shape.Of(2, 2, 1, 1), all["y"].Shape);
        Assert.Equal(Shape.Of(2, 1, 3, 5), along["y"].Shape);
        for (var n = 0; n < 2; n++)
        {
            var sample = X.Floats().AsSpan(n * 60, 60).ToArray();
            var best = Array.IndexOf(sample, sample.Max());
            Assert.Equal((best, sample[best]), (all["y"].Floats[2 * n], all["y"].Floats[(2 * n) + 1]));
            var channel = Enumerable.Range(0, 4).MaxBy(c => X[n, c, 1, 2]);
            Assert.Equal(channel, along["y"].Floats[(n * 15) + 7]);
            Assert.Equal((float)X[n, channel, 1, 2], values["y"].Floats[(n * 15) + 7]);
        }
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("transpose: true", true)]
    public async Task Given_an_inner_product_when_run_then_all_behind_its_axis_is_a_row(
        string settings,
        bool isTransposed
    )
    {
        var weight = Blob4.Sample(1, 1, 3, 60, 5);
        float[] bias = [1, 2, 3];
        float[] laid = isTransposed
            ? [.. Enumerable.Range(0, 180).Select(i => (float)weight[0, 0, i % 3, i / 3])]
            : weight.Floats();
        long[] lengths = isTransposed ? [60, 3] : [3, 60];
        var file = new CaffeFile().Layer("y", (lengths, laid), ([3], bias));
        var found = await Run(Layer("InnerProduct", $"inner_product_param {{ num_output: 3 {settings} }}"), file);
        Assert.Equal(Shape.Of(2, 3), found["y"].Shape);
        for (var i = 0; i < 6; i++)
        {
            var row = X.Floats().AsSpan(i / 3 * 60, 60).ToArray();
            Assert.Equal(
                bias[i % 3] + row.Select((v, k) => v * weight[0, 0, i % 3, k]).Sum(),
                found["y"].Floats[i],
                1e-4
            );
        }
    }

    [Theory]
    [InlineData(2, 15, "")]
    [InlineData(3, 5, "")]
    [InlineData(-1, 5, "transpose: true")]
    [InlineData(2, 15, "bias_term: false")]
    public async Task Given_a_later_axis_when_run_then_the_axes_before_it_stay(int axis, int inner, string settings)
    {
        var weight = Blob4.Sample(1, 1, 2, inner, 5);
        var isTransposed = settings.Contains("transpose", StringComparison.Ordinal);
        var hasBias = !settings.Contains("bias_term", StringComparison.Ordinal);
        float[] laid = isTransposed
            ? [.. Enumerable.Range(0, 2 * inner).Select(i => (float)weight[0, 0, i % 2, i / 2])]
            : weight.Floats();
        long[] lengths = isTransposed ? [inner, 2] : [2, inner];
        var file = hasBias
            ? new CaffeFile().Layer("y", (lengths, laid), ([2], [1, 2]))
            : new CaffeFile().Layer("y", (lengths, laid));
        var found = await Run(
            Layer("InnerProduct", $"inner_product_param {{ num_output: 2 axis: {axis} {settings} }}"),
            file
        );
        Assert.Equal(inner == 15 ? Shape.Of(2, 4, 2) : Shape.Of(2, 4, 3, 2), found["y"].Shape);
        for (var i = 0; i < found["y"].Floats.Length; i++)
        {
            var row = X.Floats().AsSpan(i / 2 * inner, inner).ToArray();
            var sum = row.Select((v, k) => v * weight[0, 0, i % 2, k]).Sum();
            Assert.Equal(sum + (hasBias ? 1 + (i % 2) : 0), found["y"].Floats[i], 1e-4);
        }
    }

    [Fact]
    public async Task Given_an_embedding_when_run_then_numbers_name_rows()
    {
        var model = Import(
            Net("1,3", Layer("Embed", "embed_param { input_dim: 4 num_output: 2 }")),
            new CaffeFile().Layer("y", ([4, 2], [0, 1, 10, 11, 20, 21, 30, 31]), ([2], [0.5f, 0.25f]))
        );
        var found = await CaffeRuns.Run(device, model, ("data", TensorValue.Of(Shape.Of(1, 3), [3, 0, 2])));
        Assert.Equal(Shape.Of(1, 3, 2), found["y"].Shape);
        Assert.Equal([30.5f, 31.25f, 0.5f, 1.25f, 20.5f, 21.25f], found["y"].Floats.ToArray());
    }

    [Theory]
    [InlineData("", 1)]
    [InlineData("softmax_param { axis: -1 }", 3)]
    public async Task Given_a_softmax_when_run_then_it_sums_to_one_along_its_axis(string settings, int axis)
    {
        var found = await Run(Layer("Softmax", settings));
        Close(
            Blob4.Of(
                2,
                4,
                3,
                5,
                (n, c, y, z) =>
                    Math.Exp(X[n, c, y, z])
                    / (
                        axis == 1
                            ? Enumerable.Range(0, 4).Sum(j => Math.Exp(X[n, j, y, z]))
                            : Enumerable.Range(0, 5).Sum(j => Math.Exp(X[n, c, y, j]))
                    )
            ),
            found["y"]
        );
    }

    private static void Close(Blob4 expected, TensorValue found) =>
        Assert.Null(TensorDifference.Of(expected.ToTensor(), found, 1e-5, 1e-5));

    private Task<Dictionary<string, TensorValue>> Run(string layers, CaffeFile? weights = null) =>
        CaffeRuns.Run(device, Import(Net("1,4,3,5", layers), weights), ("data", X.ToTensor()));
}
