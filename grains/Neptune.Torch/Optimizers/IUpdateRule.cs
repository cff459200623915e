using System.Numerics;

namespace Neptune.Torch;

/// <summary>An optimizer's formula for some elements at once; each element by itself.</summary>
internal interface IUpdateRule
{
    /// <summary>The new weights.</summary>
    /// <param name="weight">The old ones.</param>
    /// <param name="gradient">Their mean gradients.</param>
    /// <param name="state1">Of the first state vector, changed; zeros where there is none.</param>
    /// <param name="state2">Of the second.</param>
    Vector<float> Apply(
        Vector<float> weight,
        Vector<float> gradient,
        ref Vector<float> state1,
        ref Vector<float> state2
    );
}
