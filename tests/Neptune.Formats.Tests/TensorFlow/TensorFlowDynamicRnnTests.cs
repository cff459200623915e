using Neptune.ModelGraph;

namespace Neptune.Formats.Tests;

/// <summary>
/// Graphs that the first TensorFlow itself made of <c>dynamic_rnn</c>, with the outputs that it gave
/// (https://github.com/KonduitAI/dl4j-test-resources, under the Apache License 2.0; the constant that was the input there is a
/// placeholder here).
/// </summary>
public sealed class TensorFlowDynamicRnnTests(OneDevice device) : IClassFixture<OneDevice>
{
    private const double Tolerance = 1e-6;

    [Theory]
    [InlineData("dynamic_lstm")]
    [InlineData("dynamic_bidirectional")]
    public async Task Given_a_graph_of_loops_when_imported_then_it_gives_what_TensorFlow_gave(string name)
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "fixtures", "tensorflow");
        var model = ModelFormats.Import(Path.Combine(folder, $"{name}.pb"), new());
        Assert.Equal(["concat", "concat_1"], model.Graph.Outputs.Select(o => o.Name).Order(StringComparer.Ordinal));
        var input = NpyFile.Read(Path.Combine(folder, $"{name}.input.npy"));
        await device.Run(() =>
        {
            var found = TensorFlowRun.Of(device, model, (model.Graph.Inputs[0].Name, input));
            for (var i = 0; i < found.Count; i++)
            {
                var expected = NpyFile.Read(Path.Combine(folder, $"{name}.{model.Graph.Outputs[i].Name}.npy"));
                Assert.Null(TensorDifference.Of(expected, found[i], 0, Tolerance));
            }
        });
    }
}
