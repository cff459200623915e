using Neptune.ModelGraph;

namespace Neptune.Torch.Tests;

/// <summary>A CPU device with users' modules that a class of tests shares.</summary>
public sealed class ModuleDevice : IAsyncLifetime
{
    public TorchDevice Device { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Device = await TorchDevice.StartAsync("cpu:0", 1, ModuleFile.Catalog);

    public async ValueTask DisposeAsync() => await Device.DisposeAsync();

    public Task Run(Action test) => Device.RunAsync(test, TestContext.Current.CancellationToken);

    /// <summary>A graph of a module alone; on the device's thread.</summary>
    internal Graph Describe(string name, Shape sample, params (string, string)[] settings) =>
        ModuleDescription.GraphOf(Device, ModuleFile.Module(name), ModuleFile.Settings(settings), sample);

    /// <summary>The same, to train as a classifier.</summary>
    internal TrainingGraph Classifier(string name, Shape sample, params (string, string)[] settings) =>
        new()
        {
            Graph = Describe(name, sample, settings),
            Loss = new Loss.SparseCategoricalCrossentropy(FromLogits: true),
            Optimizer = new Optimizer.Adam(0.01f),
        };
}
