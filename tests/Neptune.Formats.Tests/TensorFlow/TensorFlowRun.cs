using Neptune.ModelGraph;
using Neptune.Torch;

namespace Neptune.Formats.Tests;

/// <summary>Runs imported models; on the device's thread.</summary>
internal static class TensorFlowRun
{
    /// <summary>The outputs.</summary>
    public static IReadOnlyList<TensorValue> Of(
        OneDevice device,
        ImportedModel model,
        params (string Name, TensorValue Value)[] inputs
    )
    {
        var package = new InferencePackage
        {
            Graph = new() { Graph = model.Graph },
            Weights = model.Weights,
            Lineage = new(),
        };
        using var runner = new InferenceRunner(device.Device, package);
        return [.. runner.Run(inputs.ToDictionary(i => i.Name, i => i.Value, StringComparer.Ordinal))];
    }
}
