using Neptune.ModelGraph;
using Neptune.Torch;

namespace Neptune.Formats.Tests;

/// <summary>Runs imported models.</summary>
internal static class CaffeRuns
{
    /// <summary>The outputs by name, in evaluation mode.</summary>
    public static async Task<Dictionary<string, TensorValue>> Run(
        OneDevice device,
        ImportedModel model,
        params (string Name, TensorValue Value)[] inputs
    )
    {
        var package = new InferencePackage
        {
            Graph = new() { Graph = InferenceGraphs.WithoutTrainingOnly(model.Graph) },
            Weights = model.Weights,
            Lineage = new(),
        };
        Dictionary<string, TensorValue> outputs = [];
        await device.Run(() =>
        {
            using var runner = new InferenceRunner(device.Device, package);
            var values = runner.Run(inputs.ToDictionary(i => i.Name, i => i.Value));
            outputs = model.Graph.Outputs.Zip(values).ToDictionary(p => p.First.Name, p => p.Second);
        });
        return outputs;
    }
}
