namespace Neptune.ModelGraph.Tests;

/// <summary>Rates by schedule, next to the formulas computed by the C library.</summary>
public sealed class LearningRatesTests
{
    private const float Rate = 0.1f;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(9)]
    [InlineData(10)]
    [InlineData(99)]
    [InlineData(100)]
    [InlineData(12345)]
    public void Given_a_schedule_when_asked_for_a_step_then_the_rate_is_the_formula_s(long t)
    {
        Near(0.1 * Math.Pow(0.3, t / 10), new LearningRateSchedule.Step(0.3f, 10), t);
        Near(0.1 * Math.Pow(0.97, t / 10.0), new LearningRateSchedule.Exponential(0.97f, 10), t);
        Near(0.1 * Math.Pow(1 + (0.0001 * t), -0.75), new LearningRateSchedule.Inverse(0.0001f, 0.75f), t);
        Near(
            t >= 100 ? 0.01 : (0.09 * Math.Pow(1 - (t / 100.0), 2)) + 0.01,
            new LearningRateSchedule.Polynomial(100, 2, 0.01f),
            t
        );
        Near(0.1 / (1 + Math.Exp(0.02 * (t - 50.0))), new LearningRateSchedule.Sigmoid(-0.02f, 50), t);
        Near(
            0.1 * ((0.9 * (1 + Math.Cos(Math.PI * Math.Min(1, t / 100.0))) / 2) + 0.1),
            new LearningRateSchedule.Cosine(100, 0.1f),
            t
        );
        Near(
            t < 10 ? 0.1
                : t < 100 ? 0.05
                : 0.001,
            new LearningRateSchedule.Piecewise([(10, 0.5f), (100, 0.01f)]),
            t
        );
    }

    [Fact]
    public void Given_none_when_asked_for_a_step_then_the_rate_stays() =>
        Assert.Equal(Rate, LearningRates.At(null, Rate, 1000));

    [Fact]
    public void Given_any_number_when_computed_portably_then_it_is_the_library_s_to_the_last_digits() =>
        (
            from x in Gen.Double[1e-9, 1e9]
            from y in Gen.Double[-20, 20]
            from u in Gen.Double[0, 1]
            select (x, y, u)
        ).Sample(c =>
        {
            Close(Math.Log(c.x), PortableMath.Log(c.x));
            Close(Math.Exp(c.y), PortableMath.Exp(c.y));
            Close(Math.Pow(c.x, c.y / 10), PortableMath.Pow(c.x, c.y / 10));
            Close(Math.Cos(Math.PI * c.u), PortableMath.CosPi(c.u));
        });

    [Theory]
    [InlineData(800, double.PositiveInfinity)]
    [InlineData(-800, 0)]
    [InlineData(0, 1)]
    public void Given_an_extreme_exponent_when_computed_portably_then_it_ends_as_the_library_s(double x, double exp) =>
        Assert.Equal(exp, PortableMath.Exp(x));

    private static void Near(double expected, LearningRateSchedule schedule, long t) =>
        Assert.Equal(expected, LearningRates.At(schedule, Rate, t), Math.Max(float.Epsilon, Math.Abs(expected) * 2e-7));

    private static void Close(double expected, double actual) =>
        Assert.Equal(expected, actual, 1e-14 * Math.Max(1, Math.Abs(expected)));
}
