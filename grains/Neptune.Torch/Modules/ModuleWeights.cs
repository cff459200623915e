using Neptune.ModelGraph;
using TorchSharp;

namespace Neptune.Torch;

/// <summary>First weights of users' modules, as their constructors draw them.</summary>
internal static class ModuleWeights
{
    /// <summary>Draws an operation's weights by the seed and the operation's name.</summary>
    /// <param name="operation">A user's module.</param>
    /// <param name="seed">The job's seed.</param>
    /// <param name="device">Where it is made.</param>
    /// <param name="elementsOf">The memory of a parameter of the graph.</param>
    /// <exception cref="GraphException">The module is not here, or its tensors are others than the graph's.</exception>
    public static void Draw(Operation operation, ulong seed, TorchDevice device, ParameterElements elementsOf)
    {
        var description = ModuleOperation.Of(operation);
        var key = KeyedRandom.Key(seed, $"module:{operation.Name}");
        var registered = device.Modules.Require(description.Module);
        using var instance = ModuleInstance.Create(registered, description.Settings, key, device);
        using var scope = torch.NewDisposeScope();
        var tensors = ModuleTensors.Of(instance, description);
        for (var i = 0; i < tensors.Length; i++)
        {
            var elements = elementsOf(operation.Inputs[i + 1]);
            var drawn = tensors[i].detach().cpu().contiguous();
            if (drawn.NumberOfElements != elements.Length)
            {
                throw new GraphException(
                    $"The user's module {description.Module} makes {description.Tensors[i]} with {drawn.NumberOfElements} elements, "
                        + $"and the graph has {elements.Length}. Describe it again."
                );
            }
            TensorMemory.Floats(drawn).CopyTo(elements);
        }
    }

    /// <summary>The memory of a parameter.</summary>
    public delegate Span<float> ParameterElements(string parameter);
}
