using Neptune.ModelGraph;
using Neptune.Torch;

namespace Neptune.Formats.Tests;

/// <summary>Imported models are trained on: parameters that Keras trains change, and no other ones do.</summary>
public sealed class KerasTrainsTests(OneDevice device) : IClassFixture<OneDevice>
{
    [Theory]
    [InlineData("layers", "lstm_sequences.json")]
    [InlineData("layers", "simple_rnn.json")]
    [InlineData("layers", "transpose_3_2_same.json")]
    [InlineData("layers", "layernorm_two_axes.json")]
    [InlineData("layers", "spatial_dropout.json")]
    [InlineData("layers", "time_distributed_conv.json")]
    [InlineData("files", "bidirectional_gru.keras")]
    [InlineData("files", "gru_reset_after.keras")]
    [InlineData("files", "separable.keras")]
    [InlineData("files", "prelu.h5")]
    [InlineData("files", "batchnorm_image.h5")]
    [InlineData("files", "excite.keras")]
    [InlineData("files", "einsum_dense.keras")]
    [InlineData("files", "groupnorm.keras")]
    public Task Given_a_model_when_trained_on_then_its_trained_parameters_change(string folder, string file) =>
        device.Run(() =>
        {
            var model = ModelFormats.Import(Path.Combine(KerasChecks.Folder, folder, file), new());
            var sample = model.Graph.Inputs[0].Shape.WithoutFirst();
            var prepared = FineTuning.Prepare(
                model.Graph,
                model.Weights,
                sample,
                new()
                {
                    Optimizer = new Optimizer.Sgd(),
                    Loss = new Loss.MeanSquaredError(),
                    HasClasses = false,
                }
            );
            using var replica = new Replica(device.Device, prepared.Graph, seed: 3, weights: prepared.Weights);
            using var exchange = replica.NewExchangeBuffer();
            const int rows = 3;
            var targets = new float[rows * model.Graph.Outputs[0].Shape.WithoutFirst().ElementCount()];
            var features = new float[rows * sample.ElementCount()];
            for (var i = 0; i < features.Length; i++)
            {
                features[i] = MathF.Sin(i + 1);
            }
            replica.ForwardBackward(new(rows, features) { Targets = targets }, new(1, 0, 0, 0), exchange);
            replica.Apply(exchange.Span);
            var after = replica.ExportWeights();
            Assert.All(
                model.Graph.Parameters,
                parameter =>
                {
                    var (old, now) = (model.Weights[parameter.Name], after[parameter.Name]);
                    Assert.DoesNotContain(now.Floats.ToArray(), w => !float.IsFinite(w));
                    var isRunning = parameter.Name.Contains("running", StringComparison.Ordinal);
                    Assert.Equal(parameter.Trainable || isRunning, !old.Floats.SequenceEqual(now.Floats));
                }
            );
        });
}
