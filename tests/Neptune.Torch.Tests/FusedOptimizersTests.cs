using Neptune.ModelGraph;

namespace Neptune.Torch.Tests;

/// <summary>The vectorised pass is the scalar formula, bit for bit, at any length.</summary>
public sealed class FusedOptimizersTests
{
    private static readonly Gen<float> Numbers = Gen.OneOf(
        Gen.Float[-10, 10],
        Gen.Const(0f),
        Gen.Const(-0f),
        Gen.Float[-1e-30f, 1e-30f]
    );

    private static readonly Gen<(float[] W, float[] G, float[] A, float[] B, int Count)> Cases =
        from length in Gen.Int[1, 131]
        from w in Numbers.Array[length]
        from g in Numbers.Array[length]
        from a in Numbers.Array[length]
        from b in Gen.Float[0, 10].Array[length]
        from count in Gen.Int[1, 1000]
        select (w, g, a, b, count);

    public static TheoryData<Optimizer> Optimizers =>
        [
            new Optimizer.Sgd(0.1f),
            new Optimizer.Sgd(0.1f, WeightDecay: 0.01f),
            new Optimizer.Sgd(0.1f, 0.9f),
            new Optimizer.Sgd(0.1f, 0.9f, true, 0.01f),
            new Optimizer.Sgd(0.1f, 0.9f, RateInVelocity: true),
            new Optimizer.Sgd(0.1f, 0.9f, true, 0.01f, RateInVelocity: true),
            new Optimizer.Adam(0.01f),
            new Optimizer.Adam(0.01f, EpsilonHat: true),
            new Optimizer.AdamW(0.01f, WeightDecay: 0.01f),
            new Optimizer.AdamW(0.01f, WeightDecay: 0.01f, EpsilonHat: true),
            new Optimizer.AdaMax(0.01f),
            new Optimizer.RmsProp(0.01f),
            new Optimizer.RmsProp(0.01f, 0.9f, 0.5f, EpsilonInRoot: true),
            new Optimizer.AdaGrad(0.01f),
            new Optimizer.AdaGrad(0.01f, 0.1f, EpsilonInRoot: true),
            new Optimizer.AdaDelta(),
        ];

    [Theory]
    [MemberData(nameof(Optimizers))]
    public void Given_any_length_when_updated_then_bits_are_those_of_the_scalar_formula(Optimizer settings) =>
        Cases.Sample(c =>
        {
            var optimizer = FusedOptimizer.Of(settings);
            var formula = ScalarOptimizer.Of(settings);
            var (w, a, b) = (c.W.ToArray(), c.B.ToArray(), c.B.Reverse().ToArray());
            var (w1, a1, b1) = (w.ToArray(), a.ToArray(), b.ToArray());
            var states = optimizer.StateNames.Count;
            for (var step = 1; step <= 3; step++)
            {
                optimizer.Begin();
                Assert.True(optimizer.Update(w, c.G, c.Count, states > 0 ? a : [], states > 1 ? b : []));
                for (var i = 0; i < w.Length; i++)
                {
                    formula(step, ref w1[i], c.G[i] / c.Count, ref a1[i], ref b1[i]);
                }
            }
            Assert.Equal(Bits(w1), Bits(w));
            Assert.Equal(states > 0 ? Bits(a1) : Bits(a), Bits(a));
            Assert.Equal(states > 1 ? Bits(b1) : Bits(b), Bits(b));
        });

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void Given_one_gradient_that_is_not_finite_when_updated_then_it_is_noticed_anywhere(float value)
    {
        foreach (var settings in Optimizers)
        {
            var optimizer = FusedOptimizer.Of(settings);
            for (var i = 0; i < 67; i++)
            {
                var gradients = new float[67];
                gradients[i] = value;
                optimizer.Begin();
                Assert.False(optimizer.Update(new float[67], gradients, 1, new float[67], new float[67]));
                Assert.True(optimizer.Update(new float[67], new float[67], 1, new float[67], new float[67]));
            }
        }
    }

    [Fact]
    public void Given_nesterov_without_momentum_when_made_then_the_error_says_what_works() =>
        Assert.Contains(
            "momentum above 0",
            Assert.Throws<ArgumentException>(() => new FusedSgd(new(0.1f, Nesterov: true))).Message,
            StringComparison.Ordinal
        );

    private static int[] Bits(float[] values) => [.. values.Select(BitConverter.SingleToInt32Bits)];
}
