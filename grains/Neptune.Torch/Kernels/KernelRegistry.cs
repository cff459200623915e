using System.Collections.Frozen;
using Neptune.ModelGraph;

namespace Neptune.Torch;

/// <summary>All operators that can be run.</summary>
internal static class KernelRegistry
{
    private static readonly FrozenDictionary<string, IOperationKernel> Kernels = typeof(KernelRegistry)
        .Assembly.GetTypes()
        .Where(type => type.IsClass && !type.IsAbstract && type.IsAssignableTo(typeof(IOperationKernel)))
        .Select(type => (IOperationKernel)Activator.CreateInstance(type)!)
        .ToFrozenDictionary(kernel => kernel.Type, StringComparer.Ordinal);

    /// <summary>The operators' names.</summary>
    public static IEnumerable<string> Types => Kernels.Keys;

    /// <summary>The kernel of an operation.</summary>
    /// <exception cref="GraphException">There is none; the message offers the nearest names.</exception>
    public static IOperationKernel Of(Operation operation) =>
        Kernels.TryGetValue(operation.Type, out var kernel)
            ? kernel
            : throw new GraphException(
                $"Operation {operation.Name} is of type {operation.Type}, which Neptune does not compute. "
                    + NearestNames.Offer(operation.Type, Kernels.Keys)
            );
}
