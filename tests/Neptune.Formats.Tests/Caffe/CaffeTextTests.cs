namespace Neptune.Formats.Tests;

/// <summary>The text form of messages, in all the ways that files write it.</summary>
public sealed class CaffeTextTests
{
    [Fact]
    public void Given_every_form_of_a_value_when_read_then_it_is_what_it_says()
    {
        var net = Net(
            """
            # a comment
            name: "It\'s" ' a \"net\"\n' "\x41\101\u00e9" ; input: 'a', input: "b"
            input_dim: [1, 0x10, 010, - 3] force_backward: t debug_info: False
            state < phase: TEST level: -2 stage: ['x', 'y'] >
            layer: { name: 'l'; type: "Power" power_param { power: 1.5e-3f scale: inf shift: -.5 } }
            layer [{ type: 'Clip' clip_param { min: -inf, max: nan } }, { type: 'LRN' lrn_param { norm_region: 1 } }]
            """.Replace("layer [", "layer: [", StringComparison.Ordinal)
        );
        Assert.Equal("It's a \"net\"\nAA\u00e9", net.Text("name"));
        Assert.Equal(["a", "b"], net.Texts("input"));
        Assert.Equal([1, 16, 8, -3], net.Wholes("input_dim"));
        Assert.Equal((true, false), (net.Flag("force_backward"), net.Flag("debug_info")));
        Assert.Equal(("TEST", -2L), (net.Message("state").Text("phase"), net.Message("state").Whole("level")));
        Assert.Equal(["x", "y"], net.Message("state").Texts("stage"));
        var layers = net.Messages("layer").ToArray();
        var power = layers[0].Message("power_param");
        Assert.Equal(
            (0.0015f, float.PositiveInfinity, -0.5f),
            (power.Real("power"), power.Real("scale"), power.Real("shift"))
        );
        var clip = layers[1].Message("clip_param");
        Assert.Equal((float.NegativeInfinity, float.NaN), (clip.Real("min"), clip.Real("max")));
        Assert.Equal("WITHIN_CHANNEL", layers[2].Message("lrn_param").Text("norm_region"));
        Assert.Equal(5, layers[2].Message("lrn_param").Whole("local_size"));
    }

    [Theory]
    [InlineData("name 'x'", "line 1, column 6: a text in quotes stands here, and a colon must behind name")]
    [InlineData("\n  name: x", "line 2, column 9: \"x\" stands here, and name must be a text in quotes")]
    [InlineData("name: 'x\n'", "line 1, column 7: a text begins here")]
    [InlineData("name: '\\q'", "\\q is no escape")]
    [InlineData("name: '\\ud800'", "stands for no character")]
    [InlineData("name: 'a' name: 'b'", "line 1, column 11: name stands twice")]
    [InlineData("layer { name: 'x'", "line 1, column 18: the end of the file stands here")]
    [InlineData("layer { name: 'x' >", "\">\" stands here")]
    [InlineData("layer: 3", "layer must be a message in braces")]
    [InlineData("input_dim: 1.5", "input_dim must be a whole number")]
    [InlineData("input_dim: 99999999999999999999", "input_dim must be a whole number")]
    [InlineData("input_dim: [1 2]", "a comma or ] must")]
    [InlineData("force_backward: 2", "force_backward must be true or false")]
    [InlineData("state { phase: TRIAN }", "phase must be TRAIN or TEST")]
    [InlineData("layer { convolution_param { num_output: -1 } }", "num_output must be a whole number from 0")]
    [InlineData("layer { power_param { power: x } }", "power must be a number")]
    [InlineData("layr { }", "layr is no field of NetParameter. Did you mean layer")]
    [InlineData("layer { param { lr_mul: 1 } }", "lr_mul is no field of ParamSpec. Did you mean lr_mult")]
    [InlineData("}", "\"}\" stands here, and the name of a field")]
    [InlineData("layer { odd: }", "a value must")]
    [InlineData("layer { odd: [", "a value must")]
    public void Given_what_is_no_sound_text_when_read_then_the_error_says_line_and_column(string text, string reason)
    {
        var error = Assert.Throws<ModelFileException>(() => Net(text));
        Assert.StartsWith("n.prototxt: line ", error.Message, StringComparison.Ordinal);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("layer { layer_param { ")]
    [InlineData("layer { a <")]
    public void Given_messages_in_messages_without_end_when_read_then_they_are_refused(string begin)
    {
        var deep = begin + string.Concat(Enumerable.Repeat("a { ", 100_000));
        Assert.Contains(
            "messages deep",
            Assert.Throws<ModelFileException>(() => Net(deep)).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Given_fields_that_are_not_known_in_a_layer_when_read_then_they_are_kept_with_their_places()
    {
        var layer = Net(
                "layer { name: 'x' permute_param { order: 0 order: [1, {}] } [a.b]: <c: 'd' 'e'> type: 'Permute' }"
            )
            .Messages("layer")
            .Single();
        Assert.Equal(["permute_param", "[a.b]"], layer.Unknown.Select(u => u.Name));
        Assert.Equal("line 1, column 19", layer.PlaceOf("permute_param").ToString());
        Assert.Equal("Permute", layer.Text("type"));
    }

    private static CaffeMessage Net(string text) => CaffeTextReader.Read(text, "n.prototxt", CaffeSchema.Net);
}
