using System.Collections.Frozen;
using Neptune.ModelGraph;

namespace Neptune.Torch;

/// <summary>All operators that can be run.</summary>
internal static class KernelRegistry
{
    private static readonly FrozenDictionary<string, IOperationKernel> Kernels = Find<IOperationKernel>()
        .Concat(Find<IKernelFamily>().SelectMany(family => family.Members))
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

    // Those with parameters are members of families.
    private static IEnumerable<T> Find<T>() =>
        typeof(T)
            .Assembly.GetTypes()
            .Where(type =>
                type is { IsClass: true, IsAbstract: false }
                && type.IsAssignableTo(typeof(T))
                && type.GetConstructor(Type.EmptyTypes) is not null
            )
            .Select(type => (T)Activator.CreateInstance(type)!);
}
