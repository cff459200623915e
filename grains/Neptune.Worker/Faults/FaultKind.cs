namespace Neptune.Worker;

/// <summary>A fault that a node is made to have.</summary>
public enum FaultKind
{
    /// <summary>One bit of the weights flips, once.</summary>
    Weights,

    /// <summary>Bits of one weight flip, once, so that it is no number, and the loss neither.</summary>
    NaN,

    /// <summary>One bit of each gradient that it computes in one step flips.</summary>
    Gradient,

    /// <summary>One number of one gradient that it computes is infinite, once.</summary>
    Infinity,

    /// <summary>One bit of each gradient that it computes flips, from a step on.</summary>
    Gradients,

    /// <summary>Each shard takes at least so long, from a step on.</summary>
    Pace,
}
