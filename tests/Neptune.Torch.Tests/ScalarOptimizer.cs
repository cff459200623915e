using Neptune.ModelGraph;

namespace Neptune.Torch.Tests;

/// <summary>Optimizers' formulas as their papers and frameworks write them, for one element, in float32.</summary>
internal static class ScalarOptimizer
{
    /// <summary>One step on one element.</summary>
    /// <param name="t">The step, from 1.</param>
    /// <param name="w">The weight.</param>
    /// <param name="g">Its gradient.</param>
    /// <param name="a">Of the first state vector.</param>
    /// <param name="b">Of the second.</param>
    public delegate void Formula(int t, ref float w, float g, ref float a, ref float b);

    public static Formula Of(Optimizer optimizer) =>
        optimizer switch
        {
            Optimizer.Sgd { RateInVelocity: true } o => (int _, ref float w, float g, ref float v, ref float _) =>
            {
                var d = o.LearningRate * (g + (o.WeightDecay * w));
                v = (o.Momentum * v) + d;
                w -= o.Nesterov ? d + (o.Momentum * v) : v;
            },
            Optimizer.Sgd o => (int _, ref float w, float g, ref float v, ref float _) =>
            {
                var d = g + (o.WeightDecay * w);
                if (o.Momentum != 0)
                {
                    v = (o.Momentum * v) + d;
                    d = o.Nesterov ? d + (o.Momentum * v) : v;
                }
                w -= o.LearningRate * d;
            },
            Optimizer.Adam o => Adam(o.LearningRate, o.Epsilon, o.EpsilonHat, 1),
            Optimizer.AdamW o => Adam(
                o.LearningRate,
                o.Epsilon,
                o.EpsilonHat,
                (float)(1 - ((double)o.LearningRate * o.WeightDecay))
            ),
            Optimizer.AdaMax o => (int t, ref float w, float g, ref float m, ref float u) =>
            {
                m += (g - m) * (float)(1 - 0.9);
                u = float.Max(o.Beta2 * u, float.Abs(g));
                w -= (float)(o.LearningRate / (1 - Math.Pow(0.9, t))) * m / (u + o.Epsilon);
            },
            Optimizer.RmsProp o => (int _, ref float w, float g, ref float s, ref float v) =>
            {
                s = (o.Rho * s) + ((float)(1 - 0.9) * g * g);
                var root = o.EpsilonInRoot ? float.Sqrt(s + o.Epsilon) : float.Sqrt(s) + o.Epsilon;
                v = (o.Momentum == 0 ? 0 : o.Momentum * v) + (o.LearningRate * g / root);
                w -= v;
            },
            Optimizer.AdaGrad o => (int _, ref float w, float g, ref float s, ref float _) =>
            {
                s += g * g;
                var root = o.EpsilonInRoot ? float.Sqrt(s + o.Epsilon) : float.Sqrt(s) + o.Epsilon;
                w -= o.LearningRate * g / root;
            },
            Optimizer.AdaDelta o => (int _, ref float w, float g, ref float s, ref float u) =>
            {
                s = (o.Rho * s) + ((float)(1 - 0.95) * g * g);
                var d = float.Sqrt(u + o.Epsilon) / float.Sqrt(s + o.Epsilon) * g;
                u = (o.Rho * u) + ((float)(1 - 0.95) * d * d);
                w -= o.LearningRate * d;
            },
            _ => throw new ArgumentException($"No formula for {optimizer}."),
        };

    private static Formula Adam(float rate, float epsilon, bool hat, float keep) =>
        (int t, ref float w, float g, ref float m, ref float v) =>
        {
            m += (g - m) * (float)(1 - 0.9);
            v = ((float)0.999 * v) + ((float)(1 - 0.999) * g * g);
            var stepSize = rate / (1 - PortableMath.Pow(0.9, (long)t));
            var correction = Math.Sqrt(1 - PortableMath.Pow(0.999, (long)t));
            w =
                (keep * w)
                - (
                    hat
                        ? (float)(stepSize * correction) * m / (float.Sqrt(v) + epsilon)
                        : (float)stepSize * m / ((float.Sqrt(v) / (float)correction) + epsilon)
                );
        };
}
