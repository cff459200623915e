using Neptune.ModelGraph;
using Neptune.Torch;

namespace Neptune.Formats.Tests;

/// <summary>Runs imported models.</summary>
internal static class Models
{
    /// <summary>Asserts that a model turns inputs into the expected outputs, batch first, within 1e-4.</summary>
    public static async Task AssertAnswersAsync(ImportedModel model, float[] inputs, float[] expected)
    {
        var samples = checked((int)(inputs.Length / model.Graph.Inputs[0].Shape.WithoutFirst().ElementCount()));
        await using var device = await TorchDevice.StartAsync("cpu:0", 1, TestContext.Current.CancellationToken);
        var answers = await device.RunAsync(
            () =>
            {
                var package = new InferencePackage
                {
                    Graph = new() { Graph = InferenceGraphs.WithoutTrainingOnly(model.Graph) },
                    Weights = model.Weights,
                    Lineage = new(),
                };
                using var runner = new InferenceRunner(device, package);
                return runner.Predict(inputs, samples);
            },
            TestContext.Current.CancellationToken
        );
        Assert.Equal(expected.Length, answers.Length);
        Assert.InRange(answers.Zip(expected, (a, b) => Math.Abs(a - b)).Max(), 0, 1e-4f);
    }
}
