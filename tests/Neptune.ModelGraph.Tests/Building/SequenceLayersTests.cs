using static Neptune.ModelGraph.Activation;
using static Neptune.ModelGraph.Layers;

namespace Neptune.ModelGraph.Tests;

public class SequenceLayersTests
{
    private static readonly Shape Sequence = Shape.Of(12, 8);

    public static TheoryData<Layer[], string> Shapes =>
        new()
        {
            { [LSTM(5)], "(N, 5)" },
            { [LSTM(5, returnSequences: true)], "(N, 12, 5)" },
            { [GRU(5)], "(N, 5)" },
            { [GRU(5, returnSequences: true), LSTM(3)], "(N, 3)" },
            { [PositionEmbedding(), MultiHeadAttention(4)], "(N, 12, 8)" },
            { [MultiHeadAttention(3, headWidth: 5)], "(N, 12, 8)" },
            { [LayerNormalization()], "(N, 12, 8)" },
            { [Dense(6, Relu)], "(N, 12, 6)" },
            { [Dense(6, bias: false)], "(N, 12, 6)" },
            { [GlobalAveragePooling1D()], "(N, 8)" },
            { [Flatten(), Embedding(20, 4)], "(N, 96, 4)" },
            { [Flatten(), LayerNormalization()], "(N, 96)" },
        };

    [Theory]
    [MemberData(nameof(Shapes), DisableDiscoveryEnumeration = true)]
    public void Given_a_sequence_when_layers_follow_then_the_output_has_their_shape(Layer[] layers, string expected) =>
        Assert.Equal(expected, Sequential.Of(layers).BuildGraph(Sequence).Outputs[0].Shape.ToString());

    public static TheoryData<Layer[], string> Bad =>
        new()
        {
            { [LSTM(0)], "units is 0, and must be at least 1" },
            {
                [Flatten(), GRU(4)],
                "Layer gru (GRU(4)): the input has shape (96,), and must be a sequence (steps, features). Add "
                    + "Reshape(96, 1), or an Embedding of class numbers, before GRU(4)."
            },
            { [Reshape(3, 4, 8), LSTM(4)], "the input has shape (3, 4, 8), and must be a sequence" },
            { [Reshape(3, 4, 8), MultiHeadAttention(2)], "Add Reshape(3, 32) before MultiHeadAttention(2)." },
            { [MultiHeadAttention(3)], "heads is 3, which does not divide the 8 features of the input (12, 8)" },
            { [MultiHeadAttention(0)], "heads is 0" },
            { [MultiHeadAttention(2, headWidth: 0)], "headWidth is 0" },
            { [LayerNormalization(epsilon: 0)], "epsilon is 0, and must be greater than 0" },
            { [Embedding(20, 4)], "the input has shape (12, 8), and must be one dimension of class numbers (steps,)" },
            { [Flatten(), Embedding(0, 4)], "classes is 0" },
            { [Flatten(), Embedding(4, 0)], "width is 0" },
            { [Flatten(), GlobalAveragePooling1D()], "must be a sequence (steps, features)" },
        };

    [Theory]
    [MemberData(nameof(Bad), DisableDiscoveryEnumeration = true)]
    public void Given_layers_that_do_not_fit_when_built_then_the_error_says_so_in_the_user_s_words(
        Layer[] layers,
        string expected
    )
    {
        var error = Assert.Throws<GraphException>(() => Sequential.Of(layers).BuildGraph(Sequence));

        Assert.Contains(expected, error.Message);
    }

    [Fact]
    public void Given_an_lstm_when_built_then_its_weights_have_onnx_s_shapes()
    {
        var graph = Sequential.Of(LSTM(5)).BuildGraph(Sequence);

        Assert.Equal(
            ["lstm.weight (1, 20, 8)", "lstm.recurrent_weight (1, 20, 5)", "lstm.bias (1, 40)"],
            graph.Parameters.Select(p => $"{p.Name} {p.Shape}")
        );
        Assert.Equal(["Transpose", "LSTM", "Transpose", "Reshape"], graph.Operations.Select(o => o.Type));
    }

    [Fact]
    public void Given_attention_when_summed_up_then_it_is_one_layer()
    {
        var graph = Sequential.Of(MultiHeadAttention(4), GlobalAveragePooling1D(), Dense(2)).BuildGraph(Sequence);

        Assert.Equal(
            [("multi_head_attention", 4 * (8 * 8 + 8)), ("global_average_pooling1d", 0), ("dense", 2 * 8 + 2)],
            ModelSummary.Of(graph).Layers.Select(layer => (layer.Name, (int)layer.ParameterCount))
        );
    }
}
