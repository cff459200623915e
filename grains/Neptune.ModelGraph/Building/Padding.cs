namespace Neptune.ModelGraph;

/// <summary>What stands around an image under a sliding window.</summary>
public enum Padding
{
    /// <summary>Nothing: windows lie within the image.</summary>
    Valid,

    /// <summary>Zeros, so that the result has one element per stride; an odd one stands right and below.</summary>
    Same,
}
