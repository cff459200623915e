namespace Neptune.Torch;

/// <summary>Whose gradient an input wants.</summary>
internal enum WantedGradient
{
    /// <summary>None.</summary>
    None,

    /// <summary>A computed value's.</summary>
    Value,

    /// <summary>A trainable parameter's.</summary>
    Parameter,
}

/// <summary>What is wanted of each input of an operation.</summary>
internal sealed class WantedGradients(WantedGradient[] inputs)
{
    public WantedGradient[] Inputs { get; } = inputs;

    public int Count { get; } = inputs.Count(i => i != WantedGradient.None);

    public int Values { get; } = inputs.Count(i => i == WantedGradient.Value);
}
