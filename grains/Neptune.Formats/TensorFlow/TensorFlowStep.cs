using System.Collections.Immutable;

namespace Neptune.Formats;

/// <summary>A node once its function's body stands in place of the call: it reads other steps.</summary>
internal sealed class TensorFlowStep(
    string name,
    string op,
    ImmutableDictionary<string, TensorFlowAttribute> attributes
)
{
    /// <summary>Its name, with that of the calls it lies in.</summary>
    public string Name => name;

    /// <summary>The operator.</summary>
    public string Op => op;

    /// <summary>The settings.</summary>
    public ImmutableDictionary<string, TensorFlowAttribute> Attributes => attributes;

    /// <summary>What it reads; control inputs are left out.</summary>
    public List<TensorFlowSource> Inputs { get; } = [];

    /// <summary>The loop that it stands for; null for any other step, and for loops that functions describe.</summary>
    public TensorFlowLoop? Loop { get; set; }
}
