using System.Collections.Immutable;

namespace Neptune.Formats;

/// <summary>A module's class in TorchScript's code.</summary>
internal sealed record ScriptClass
{
    /// <summary>Its methods by name.</summary>
    public required ImmutableDictionary<string, ScriptFunction> Methods { get; init; }

    /// <summary>Values that are the same for all objects (<c>Final</c>).</summary>
    public required ImmutableDictionary<string, ScriptExpression> Constants { get; init; }

    /// <summary>The names of tensors that the optimizer does not change.</summary>
    public required ImmutableHashSet<string> Buffers { get; init; }
}
