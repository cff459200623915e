using System.Collections.Immutable;
using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>A name that a pickle may refer to, and what a call of it means as data.</summary>
/// <param name="Name">The module and the name in it.</param>
internal sealed record PickleGlobal(string Name)
{
    /// <summary>What stands for a call with arguments; null where a call is not allowed.</summary>
    public Func<PickleCall, ImmutableArray<object?>, object?>? Call { get; init; }

    /// <summary>True for a class whose objects may be made without arguments and then be filled.</summary>
    public bool IsClass { get; init; }

    /// <summary>True for a class of storages.</summary>
    public bool IsStorage { get; init; }

    /// <summary>The elements of a storage or the meaning of a dtype; null where it has none, or is bytes.</summary>
    public ElementType? Type { get; init; }
}
