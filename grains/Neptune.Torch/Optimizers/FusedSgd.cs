using System.Numerics;
using System.Runtime.CompilerServices;
using Neptune.ModelGraph;

namespace Neptune.Torch;

/// <summary>
/// Stochastic gradient descent as torch.optim.SGD computes it: d = g + decay w; v = momentum v + d;
/// w -= rate (d + momentum v with Nesterov, v with momentum alone, d without). Or with the rate in the velocity, as Keras
/// and Caffe compute it: d = rate (g + decay w); v = momentum v + d; w -= d + momentum v, v or d.
/// </summary>
internal sealed class FusedSgd(Optimizer.Sgd settings) : FusedOptimizer(settings, "sgd", countsSteps: false)
{
    private readonly Optimizer.Sgd _settings = settings is { Nesterov: true, Momentum: 0 }
        ? throw new ArgumentException("SGD with Nesterov needs a momentum above 0, such as 0.9.")
        : settings;
    private float _rate;

    public override IReadOnlyList<string> StateNames => _settings.Momentum == 0 ? [] : ["sgd.momentum"];

    public override bool Update(
        Span<float> weights,
        ReadOnlySpan<float> gradients,
        float count,
        Span<float> state1,
        Span<float> state2
    ) =>
        _settings is { Momentum: 0, WeightDecay: 0 }
            ? UpdateLoop.Run(new PlainRule(new(_rate)), weights, gradients, count, [], [])
            : UpdateLoop.Run(
                new Rule(
                    new(_settings.Momentum),
                    new(_settings.WeightDecay),
                    new(_settings.RateInVelocity ? _rate : 1),
                    new(_settings.RateInVelocity ? 1 : _rate),
                    _settings.Momentum != 0,
                    _settings.Nesterov
                ),
                weights,
                gradients,
                count,
                _settings.Momentum == 0 ? [] : state1,
                []
            );

    protected override void Prepare(float rate) => _rate = rate;

    private readonly struct PlainRule(Vector<float> rate) : IUpdateRule
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector<float> Apply(
            Vector<float> weight,
            Vector<float> gradient,
            ref Vector<float> state1,
            ref Vector<float> state2
        ) => weight - (rate * gradient);
    }

    private readonly struct Rule(
        Vector<float> momentum,
        Vector<float> decay,
        Vector<float> rateBefore,
        Vector<float> rateBehind,
        bool hasMomentum,
        bool nesterov
    ) : IUpdateRule
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector<float> Apply(
            Vector<float> weight,
            Vector<float> gradient,
            ref Vector<float> state1,
            ref Vector<float> state2
        )
        {
            var d = rateBefore * (gradient + (decay * weight));
            if (hasMomentum)
            {
                state1 = (momentum * state1) + d;
                d = nesterov ? d + (momentum * state1) : state1;
            }
            return weight - (rateBehind * d);
        }
    }
}
