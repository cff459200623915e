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

    [Theory]
    [InlineData(0f, false, 0f)]
    [InlineData(0f, false, 0.01f)]
    [InlineData(0.9f, false, 0f)]
    [InlineData(0.9f, true, 0.01f)]
    public void Given_any_length_when_sgd_updates_then_bits_are_those_of_the_scalar_formula(
        float momentum,
        bool nesterov,
        float decay
    ) =>
        Cases.Sample(c =>
        {
            var sgd = new FusedSgd(new(0.1f, momentum, nesterov, decay));
            sgd.Begin();
            var (w, v) = (c.W.ToArray(), c.A.ToArray());
            Assert.True(sgd.Update(w, c.G, c.Count, v, []));
            for (var i = 0; i < w.Length; i++)
            {
                sgd.UpdateOne(ref c.W[i], c.G[i], c.Count, ref c.A[i]);
            }
            Assert.Equal(Bits(c.W), Bits(w));
            Assert.Equal(Bits(c.A), Bits(v));
        });

    [Theory]
    [InlineData(0f)]
    [InlineData(0.01f)]
    public void Given_any_length_when_adam_updates_then_bits_are_those_of_the_scalar_formula(float decay) =>
        Cases.Sample(c =>
        {
            var adam = new FusedAdam("adam", 0.01f, 0.9f, 0.999f, 1e-7f, decay);
            adam.Begin();
            var (w, m, v) = (c.W.ToArray(), c.A.ToArray(), c.B.ToArray());
            Assert.True(adam.Update(w, c.G, c.Count, m, v));
            for (var i = 0; i < w.Length; i++)
            {
                adam.UpdateOne(ref c.W[i], c.G[i], c.Count, ref c.A[i], ref c.B[i]);
            }
            Assert.Equal(Bits(c.W), Bits(w));
            Assert.Equal(Bits(c.A), Bits(m));
            Assert.Equal(Bits(c.B), Bits(v));
        });

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void Given_one_gradient_that_is_not_finite_when_updated_then_it_is_noticed_anywhere(float value)
    {
        FusedOptimizer[] optimizers =
        [
            new FusedSgd(new(0.1f)),
            new FusedSgd(new(0.1f, 0.9f)),
            new FusedAdam("adam", 0.01f, 0.9f, 0.999f, 1e-7f, 0),
        ];
        foreach (var optimizer in optimizers)
        {
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
