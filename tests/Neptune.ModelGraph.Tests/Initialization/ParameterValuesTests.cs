namespace Neptune.ModelGraph.Tests;

public class ParameterValuesTests
{
    // The expected bits come from an implementation in another language (Python: hashlib, math.sqrt, math.log).
    [Fact]
    public void Given_a_seed_and_a_name_when_drawn_then_the_bits_are_those_of_every_machine()
    {
        Assert.Equal(
            [0xBF25886Bu, 0x3E2CF8D6u, 0x3E4BE6B1u, 0x3F678144u],
            Bits(Draw("dense.weight", new Initializer.GlorotUniform(3, 2), 1, 4))
        );
        Assert.Equal(
            [0xBF2E1DB3u, 0x3E35F0DEu, 0x3DB48B99u, 0x3ECCFCBBu],
            Bits(Draw("dense.weight", new Initializer.Normal(0, 0.5f), 1, 4))
        );
    }

    [Fact]
    public void Given_another_name_or_seed_when_drawn_then_the_values_are_others()
    {
        var initializer = new Initializer.HeNormal(8);
        var values = Draw("dense.weight", initializer, 1, 64);

        Assert.Equal(values, Draw("dense.weight", initializer, 1, 64));
        Assert.Empty(values.Intersect(Draw("dense_1.weight", initializer, 1, 64)));
        Assert.Empty(values.Intersect(Draw("dense.weight", initializer, 2, 64)));
    }

    public static TheoryData<Initializer, double, double, double> Laws =>
        new()
        {
            // Initializer, mean, deviation, bound of the absolute value.
            { new Initializer.GlorotUniform(300, 100), 0, Math.Sqrt(6.0 / 400 / 3), Math.Sqrt(6.0 / 400) },
            { new Initializer.HeUniform(300), 0, Math.Sqrt(6.0 / 300 / 3), Math.Sqrt(6.0 / 300) },
            { new Initializer.HeNormal(200), 0, 0.1, 0.1 * 6 },
            { new Initializer.Normal(3, 0.5f), 3, 0.5, 6 },
            { new Initializer.Uniform(-1, 3), 1, 4 / Math.Sqrt(12), 3 },
            { new Initializer.Constant(0.25f), 0.25, 0, 0.25 },
        };

    [Theory]
    [MemberData(nameof(Laws), DisableDiscoveryEnumeration = true)]
    public void Given_an_initializer_when_many_are_drawn_then_they_have_its_mean_deviation_and_bound(
        Initializer initializer,
        double mean,
        double deviation,
        double bound
    )
    {
        var values = Draw("any", initializer, 7, 100_001);

        var found = values.Average(value => (double)value);
        var spread = Math.Sqrt(values.Average(value => Math.Pow(value - found, 2)));

        // Five standard errors.
        Assert.Equal(mean, found, 1e-6 + (5 * deviation / Math.Sqrt(values.Length)));
        Assert.Equal(deviation, spread, 1e-6 + (0.01 * deviation));
        Assert.All(values, value => Assert.InRange(Math.Abs(value), 0, bound + 1e-6));
    }

    [Fact]
    public void Given_a_normal_law_when_drawn_then_a_third_lies_beyond_one_deviation()
    {
        var values = Draw("any", new Initializer.Normal(0, 1), 3, 100_000);

        Assert.Equal(0.3173, values.Count(value => Math.Abs(value) > 1) / 100_000.0, 0.01);
        Assert.Equal(0.0455, values.Count(value => Math.Abs(value) > 2) / 100_000.0, 0.005);
    }

    private static float[] Draw(string name, Initializer initializer, ulong seed, int count)
    {
        var values = new float[count];
        var parameter = new Parameter
        {
            Name = name,
            Shape = Shape.Of(count),
            Initializer = initializer,
        };
        ParameterValues.Fill(parameter, seed, values);
        return values;
    }

    private static IEnumerable<uint> Bits(float[] values) => values.Select(BitConverter.SingleToUInt32Bits);
}
