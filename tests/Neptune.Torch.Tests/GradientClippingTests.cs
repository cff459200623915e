using System.Collections.Immutable;
using Neptune.ModelGraph;

namespace Neptune.Torch.Tests;

/// <summary>Gradients that are clipped, beside the definition in plain arithmetic.</summary>
public sealed class GradientClippingTests(OneDevice device) : IClassFixture<OneDevice>
{
    private const float Rate = 0.1f;
    private const int Rows = 7;

    public static TheoryData<GradientClipping> Clippings =>
        [
            new GradientClipping.Value(0.01f),
            new GradientClipping.Norm(0.05f),
            new GradientClipping.GlobalNorm(0.05f),
            new GradientClipping.GlobalNorm(0.05f, BeforePenalty: true),
            new GradientClipping.GlobalNorm(1e6f), // never reached
        ];

    [Theory]
    [MemberData(nameof(Clippings))]
    public Task Given_a_limit_when_a_step_is_applied_then_the_gradient_is_that_of_the_definition(
        GradientClipping clipping
    ) =>
        device.Run(() =>
        {
            var updates = ImmutableSortedDictionary<string, ParameterUpdate>
                .Empty.Add("dense_1.weight", new(L2: 0.5f))
                .Add("dense_1.bias", new(RateFactor: 0));
            var graph = Graphs.Classifier(Graphs.Mlp(33, 17, 5), new Optimizer.Sgd(Rate) { Clipping = clipping }) with
            {
                Updates = updates,
            };
            using var replica = new Replica(device.Device, graph, seed: 3);
            using var exchange = replica.NewExchangeBuffer();
            var before = replica.ExportWeights();
            replica.ForwardBackward(Samples.Batch(Rows, 33, 5), default, exchange);
            var layout = new FlatLayout(graph.Graph.Parameters);
            var gradients = layout.Slices.ToDictionary(
                s => s.Parameter.Name,
                s => exchange.Span.Slice(s.Offset, s.Length).ToArray().Select(g => (double)g / Rows).ToArray()
            );

            Assert.Null(replica.Apply(exchange.Span).NonFiniteParameter);

            var isBefore = clipping is GradientClipping.GlobalNorm { BeforePenalty: true };
            Dictionary<string, double[]> Penalized(Dictionary<string, double[]> of) =>
                of.ToDictionary(
                    g => g.Key,
                    g => g.Value.Select((v, i) => v + (L2(g.Key) * before[g.Key].Floats[i])).ToArray()
                );
            double L2(string name) => updates.GetValueOrDefault(name, new()).L2;
            var clipped = Clip(clipping, isBefore ? gradients : Penalized(gradients));
            var expected = isBefore ? Penalized(clipped) : clipped;
            var after = replica.ExportWeights();
            foreach (var (name, old) in before)
            {
                var rate = Rate * updates.GetValueOrDefault(name, new()).RateFactor;
                for (var i = 0; i < old.Floats.Length; i++)
                {
                    Assert.Equal(old.Floats[i] - (rate * expected[name][i]), after[name].Floats[i], 1e-7);
                }
            }
        });

    [Theory]
    [MemberData(nameof(Clippings))]
    public Task Given_a_gradient_that_is_not_finite_when_clipped_then_the_parameter_is_named(
        GradientClipping clipping
    ) =>
        device.Run(() =>
        {
            var graph = Graphs.Classifier(Graphs.Mlp(33, 17, 5), new Optimizer.Sgd(Rate) { Clipping = clipping });
            using var replica = new Replica(device.Device, graph, seed: 3);
            using var exchange = replica.NewExchangeBuffer();
            replica.ForwardBackward(Samples.Batch(Rows, 33, 5), default, exchange);
            exchange.Span[3] = float.PositiveInfinity;
            Assert.Equal("dense_1.weight", replica.Apply(exchange.Span).NonFiniteParameter);
        });

    [Fact]
    public void Given_clipping_when_written_as_JSON_then_it_reads_back_equal_and_a_limit_of_0_is_refused()
    {
        foreach (GradientClipping clipping in Clippings.Select(row => row.Data))
        {
            var graph = Graphs.Classifier(Graphs.Mlp(3, 2), new Optimizer.Adam() { Clipping = clipping });
            Assert.Equal(clipping, GraphJson.ReadTraining(GraphJson.Write(graph)).Optimizer.Clipping);
        }
        var wrong = Graphs.Classifier(
            Graphs.Mlp(3, 2),
            new Optimizer.Adam() { Clipping = new GradientClipping.Value(0) }
        );
        Assert.Contains(
            "The limit of gradients is 0, and must be a finite number greater than 0",
            Assert.Throws<GraphException>(() => TrainingGraphValidation.Check(wrong)).Message,
            StringComparison.Ordinal
        );
    }

    private static Dictionary<string, double[]> Clip(GradientClipping clipping, Dictionary<string, double[]> gradients)
    {
        double limit = clipping.Limit;
        var all = Math.Sqrt(gradients.Where(g => g.Key != "dense_1.bias").Sum(g => g.Value.Sum(v => v * v)));
        return gradients.ToDictionary(
            g => g.Key,
            g =>
                clipping switch
                {
                    GradientClipping.Value => g.Value.Select(v => Math.Clamp(v, -limit, limit)).ToArray(),
                    GradientClipping.Norm => Scaled(g.Value, Math.Sqrt(g.Value.Sum(v => v * v)), limit),
                    _ => Scaled(g.Value, all, limit),
                }
        );
    }

    private static double[] Scaled(double[] values, double norm, double limit) =>
        [.. values.Select(v => norm > limit ? v * limit / norm : v)];
}
