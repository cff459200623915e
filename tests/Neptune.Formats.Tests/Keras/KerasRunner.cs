using Neptune.ModelGraph;
using Neptune.Torch;

namespace Neptune.Formats.Tests;

/// <summary>Runs imported models in evaluation mode.</summary>
internal static class KerasRunner
{
    /// <summary>The outputs for inputs in the graph's order; on the device's thread.</summary>
    public static IReadOnlyList<TensorValue> Run(
        TorchDevice device,
        ImportedModel model,
        params ReadOnlySpan<TensorValue> inputs
    )
    {
        var package = new InferencePackage
        {
            Graph = new() { Graph = model.Graph },
            Weights = model.Weights,
            Lineage = new(),
        };
        using var runner = new InferenceRunner(device, package);
        var named = new Dictionary<string, TensorValue>(StringComparer.Ordinal);
        for (var i = 0; i < inputs.Length; i++)
        {
            named.Add(model.Graph.Inputs[i].Name, inputs[i]);
        }
        return [.. runner.Run(named)];
    }
}
