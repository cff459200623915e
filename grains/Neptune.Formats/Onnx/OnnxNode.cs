using System.Collections.Immutable;

namespace Neptune.Formats;

/// <summary>An operator applied to named values: a NodeProto.</summary>
internal sealed record OnnxNode
{
    /// <summary>Its name, which may be empty and need not be unique.</summary>
    public string Name { get; init; } = "";

    /// <summary>The operator.</summary>
    public string OpType { get; init; } = "";

    /// <summary>The operator's domain; the standard's own is the empty text.</summary>
    public string Domain { get; init; } = "";

    /// <summary>Which of several functions of one name is meant; mostly empty.</summary>
    public string Overload { get; init; } = "";

    /// <summary>A text for people.</summary>
    public string DocString { get; init; } = "";

    /// <summary>Values read; an empty name is an input left out.</summary>
    public ImmutableArray<string> Inputs { get; init; } = [];

    /// <summary>Values made; an empty name is an output left out.</summary>
    public ImmutableArray<string> Outputs { get; init; } = [];

    /// <summary>Settings, in the file's order.</summary>
    public ImmutableArray<OnnxAttribute> Attributes { get; init; } = [];

    /// <summary>The setting of that name, or null.</summary>
    public OnnxAttribute? Attribute(string name)
    {
        foreach (var attribute in Attributes)
        {
            if (attribute.Name == name)
            {
                return attribute;
            }
        }
        return null;
    }
}
