using System.Collections.Immutable;
using Neptune.Contracts;
using Neptune.Torch;

namespace Neptune.Worker;

/// <summary>The devices of one silo: one for each node's training, and one that all nodes share for serving.</summary>
public sealed class NodeDevices : IAsyncDisposable
{
    private readonly Dictionary<NodeId, TorchDevice> _training;

    private NodeDevices(NodeSettings settings, Dictionary<NodeId, TorchDevice> training, TorchDevice serving)
    {
        _training = training;
        Serving = serving;
        var modules = settings.Modules.Modules.Select(m => new NodeModule(
            m.Module.Name,
            m.Module.Version,
            m.Module.Sha256
        ));
        Nodes =
        [
            .. training.Select(d => new NodeInfo
            {
                Id = d.Key,
                Threads = d.Value.Threads,
                NumericsFingerprint = d.Value.Fingerprint.Text,
                MemoryBytes = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes,
                Labels = settings.Labels,
                Gflops = d.Value.Gflops,
                Modules = [.. modules],
            }),
        ];
    }

    /// <summary>What the nodes tell of themselves.</summary>
    public ImmutableArray<NodeInfo> Nodes { get; }

    /// <summary>Answers for all of them.</summary>
    internal TorchDevice Serving { get; }

    /// <summary>Starts the devices, one after another: the first loads the native library.</summary>
    /// <exception cref="ArgumentException">A name is no device's.</exception>
    /// <exception cref="InvalidOperationException">This machine, or this build of Neptune, has no such device.</exception>
    public static async Task<NodeDevices> StartAsync(NodeSettings settings)
    {
        var training = new Dictionary<NodeId, TorchDevice>();
        foreach (var device in settings.Devices)
        {
            training.Add(
                new($"{settings.Host}/{device}"),
                await TorchDevice.StartAsync(device, settings.Threads, settings.Modules)
            );
        }
        var serving = await TorchDevice.StartAsync(settings.Devices[0], settings.Threads, settings.Modules);
        return new(settings, training, serving);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var device in _training.Values)
        {
            await device.DisposeAsync();
        }
        await Serving.DisposeAsync();
    }

    /// <summary>The device on which a node trains.</summary>
    /// <exception cref="NotFoundException">It is no node of this silo.</exception>
    internal TorchDevice Of(NodeId node) =>
        _training.GetValueOrDefault(node)
        ?? throw new NotFoundException(
            $"This silo has no node {node}. It has {string.Join(", ", _training.Keys.Select(n => n.Value))}."
        );
}
