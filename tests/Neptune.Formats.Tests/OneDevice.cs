using Neptune.Torch;

namespace Neptune.Formats.Tests;

/// <summary>A CPU device that a class of tests shares.</summary>
public sealed class OneDevice : IAsyncLifetime
{
    public TorchDevice Device { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Device = await TorchDevice.StartAsync("cpu:0");

    public async ValueTask DisposeAsync() => await Device.DisposeAsync();

    public Task Run(Action test) => Device.RunAsync(test, TestContext.Current.CancellationToken);
}
