namespace Neptune.ModelGraph;

/// <summary>
/// What a layer applies to its result; <c>using static Neptune.ModelGraph.Activation</c> lets models say <c>Relu</c>.
/// </summary>
public enum Activation
{
    /// <summary>Nothing.</summary>
    Linear,

    /// <summary>max(x, 0).</summary>
    Relu,

    /// <summary>1 / (1 + exp(-x)).</summary>
    Sigmoid,

    /// <summary>The hyperbolic tangent.</summary>
    Tanh,

    /// <summary>Probabilities: exp(x) over its sum along features or channels.</summary>
    Softmax,

    /// <summary>The logarithm of the softmax.</summary>
    LogSoftmax,
}
