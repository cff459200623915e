using System.Collections.Immutable;
using Neptune.ModelGraph;
using TorchSharp;

namespace Neptune.Torch;

/// <summary>
/// One user's module on a device, made, run and disposed on the device's thread. Its parameters are bound to a replica's weights,
/// so that both are the same memory; its float32 buffers are filled before each run. Other buffers, such as counters and tables of
/// indices, are what its constructor made them at each run.
/// </summary>
internal sealed class ModuleInstance : IDisposable
{
    // TorchSharp's batch normalization counts its calls, and nothing reads the count.
    private const string Counter = "num_batches_tracked";

    private readonly torch.nn.Module<torch.Tensor, torch.Tensor> _module;
    private readonly TorchDevice _device;
    private readonly ImmutableArray<(string Name, torch.Tensor Tensor, torch.Tensor First)> _fixed;

    private ModuleInstance(
        RegisteredModule registered,
        torch.nn.Module<torch.Tensor, torch.Tensor> module,
        TorchDevice device
    )
    {
        Module = registered.Module;
        _module = module;
        _device = device;
        Parameters = Once(module.named_parameters().Select(p => (p.name, (torch.Tensor)p.parameter)));
        var buffers = Once(module.named_buffers());
        Buffers = [.. buffers.Where(b => b.Tensor.dtype == torch.float32)];
        _fixed =
        [
            .. buffers
                .Where(b => b.Tensor.dtype != torch.float32)
                .Select(b => (b.Name, b.Tensor, b.Tensor.clone().DetachFromDisposeScope())),
        ];
    }

    /// <summary>Which module it is.</summary>
    public ModuleRef Module { get; }

    /// <summary>Its parameters, in its own order; one that has several names stands once.</summary>
    public ImmutableArray<(string Name, torch.Tensor Tensor)> Parameters { get; }

    /// <summary>Its float32 buffers, in its own order.</summary>
    public ImmutableArray<(string Name, torch.Tensor Tensor)> Buffers { get; }

    /// <summary>Makes a module. What its constructor draws depends on the key alone.</summary>
    /// <exception cref="GraphException">The constructor threw, or gave parameters that cannot be trained.</exception>
    public static ModuleInstance Create(
        RegisteredModule registered,
        IReadOnlyDictionary<string, string> settings,
        ulong key,
        TorchDevice device
    )
    {
        // What it makes may be held in its fields, and lives as long as it does.
        using var scope = torch.NewDisposeScope();
        try
        {
            var module = DefaultGenerator.Seeded(key, device, () => registered.Create(settings));
            if (!device.IsCpu)
            {
                module.to(device.Native);
            }
            var instance = new ModuleInstance(registered, module, device);
            scope.Detach(scope.DisposablesView.ToArray());
            return instance;
        }
        catch (Exception error) when (error is not GraphException)
        {
            throw new GraphException(
                $"The user's module {registered.Module} could not be made: {ModuleErrors.Describe(error)}",
                error
            );
        }
    }

    /// <summary>Makes a parameter the same memory as a replica's.</summary>
    public static void Bind(torch.Tensor parameter, torch.Tensor weights, bool trainable)
    {
        using var noGrad = torch.no_grad();
        using var plain = weights.detach();
        _ = parameter.set_(plain);
        parameter.requires_grad = trainable;
    }

    /// <summary>Runs it; it may change neither the input nor, but for float32 ones, its buffers.</summary>
    /// <param name="input">The samples; a module may overwrite them.</param>
    /// <param name="training">As the module is told.</param>
    /// <param name="key">What it draws depends on.</param>
    /// <returns>A tensor that no dispose scope owns.</returns>
    /// <exception cref="GraphException">It threw; the message has its words.</exception>
    public torch.Tensor Run(torch.Tensor input, bool training, ulong key)
    {
        using var scope = torch.NewDisposeScope();
        foreach (var (_, buffer, first) in _fixed)
        {
            using var noGrad = torch.no_grad();
            buffer.copy_(first);
        }
        try
        {
            if (_module.training != training)
            {
                _module.train(training);
            }
            var output =
                DefaultGenerator.Seeded(key, _device, () => _module.call(input))
                ?? throw new InvalidOperationException("its forward gave null.");
            return output.DetachFromDisposeScope();
        }
        catch (Exception error) when (error is not GraphException)
        {
            throw new GraphException($"The user's module {Module} failed: {ModuleErrors.Describe(error)}", error);
        }
    }

    /// <summary>Throws where the last run changed a buffer that is no float32 one.</summary>
    /// <exception cref="GraphException">It did; the message names it.</exception>
    public void RequireFixed()
    {
        foreach (var (name, buffer, first) in _fixed)
        {
            if (!name.EndsWith(Counter, StringComparison.Ordinal) && !TensorMemory.HaveEqualBits(buffer, first))
            {
                throw new GraphException(
                    $"The user's module {Module} changes its buffer {name} of type {buffer.dtype} in its forward. Only float32 "
                        + "buffers can run along in training: what nodes have counted apart cannot be put together."
                );
            }
        }
    }

    public void Dispose()
    {
        foreach (var (_, _, first) in _fixed)
        {
            first.Dispose();
        }
        _module.Dispose();
    }

    private static ImmutableArray<(string Name, torch.Tensor Tensor)> Once(
        IEnumerable<(string Name, torch.Tensor Tensor)> named
    ) => [.. named.DistinctBy(pair => pair.Tensor.Handle)];
}
