using System.Collections.Immutable;
using System.Text.Json;

namespace Neptune.Formats;

/// <summary>What a file of Keras holds.</summary>
internal sealed record KerasFile
{
    /// <summary>What errors call it.</summary>
    public required string Name { get; init; }

    /// <summary>The whole model as a layer.</summary>
    public required KerasLayer Root { get; init; }

    /// <summary>What it was compiled with; null where it was not.</summary>
    public JsonElement? Training { get; init; }

    /// <summary>Keras's main version: 1, 2 or 3.</summary>
    public required int Version { get; init; }

    /// <summary>The version as the file has it, such as <c>2.11.0</c>.</summary>
    public required string VersionText { get; init; }

    /// <summary>For people: the form and the version.</summary>
    public required string Source { get; init; }

    /// <summary>The variables of each layer by its path, in Keras's order.</summary>
    public required KerasTensors Tensors { get; init; }

    /// <summary>What a user should know.</summary>
    public ImmutableArray<string> Notes { get; init; } = [];

    /// <summary>True for that version of Keras, and later ones.</summary>
    public bool IsAtLeast(int main, int minor)
    {
        var parts = VersionText.Split('.');
        return Version > main
            || (Version == main && parts.Length > 1 && int.TryParse(parts[1], out var own) && own >= minor);
    }
}
