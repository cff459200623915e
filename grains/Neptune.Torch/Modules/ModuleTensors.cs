using Neptune.ModelGraph;
using TorchSharp;

namespace Neptune.Torch;

/// <summary>Finds a module's tensors by the names that a graph has for them.</summary>
internal static class ModuleTensors
{
    /// <summary>The parameters and buffers in the order of the operation's inputs behind the first.</summary>
    /// <exception cref="GraphException">The module has others.</exception>
    public static torch.Tensor[] Of(ModuleInstance instance, ModuleOperation description)
    {
        var own = instance
            .Parameters.Concat(instance.Buffers)
            .ToDictionary(pair => pair.Name, pair => pair.Tensor, StringComparer.Ordinal);
        if (own.Count != description.Tensors.Length || !description.Tensors.All(own.ContainsKey))
        {
            throw new GraphException(
                $"The user's module {instance.Module} has the tensors ({string.Join(", ", own.Keys)}), and the graph has "
                    + $"({string.Join(", ", description.Tensors)}). What a constructor makes must depend on its settings alone."
            );
        }
        return [.. description.Tensors.Select(name => own[name])];
    }
}
