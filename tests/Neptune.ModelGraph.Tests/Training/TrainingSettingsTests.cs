using System.Collections.Immutable;
using static Neptune.ModelGraph.Layers;

namespace Neptune.ModelGraph.Tests;

/// <summary>Optimizers, schedules, losses and updates that cannot be.</summary>
public sealed class TrainingSettingsTests
{
    public static TheoryData<Optimizer, string> BadOptimizers =>
        new()
        {
            { RmsProp(rho: 1), "The rho is 1, and must be at least 0 and less than 1" },
            { RmsProp(momentum: -0.1f), "The momentum is -0.1" },
            { RmsProp(epsilon: 0), "The epsilon is 0" },
            { AdaGrad(initialAccumulator: -1), "The initial accumulator is -1" },
            { AdaDelta(rho: -1), "The rho is -1" },
            { AdaMax(beta1: 1), "The beta1 is 1" },
            { With(new LearningRateSchedule.Step(0, 10)), "The schedule's gamma is 0" },
            { With(new LearningRateSchedule.Step(0.1f, 0)), "The schedule's steps are 0, and must be at least 1" },
            { With(new LearningRateSchedule.Exponential(-1)), "The schedule's gamma is -1" },
            { With(new LearningRateSchedule.Inverse(float.NaN)), "The schedule's gamma is NaN" },
            { With(new LearningRateSchedule.Polynomial(-5)), "The schedule's steps are -5" },
            { With(new LearningRateSchedule.Sigmoid(float.PositiveInfinity, 3)), "The schedule's gamma is Infinity" },
            { With(new LearningRateSchedule.Cosine(10, -1)), "The schedule's least share is -1" },
            {
                With(new LearningRateSchedule.Piecewise([(9, 0.5f), (9, 0.1f)])),
                "The schedule's mark at step 9 is behind one at 9. Sort the marks."
            },
        };

    [Theory]
    [MemberData(nameof(BadOptimizers))]
    public void Given_a_number_out_of_range_when_checked_then_the_error_names_setting_and_range(
        Optimizer optimizer,
        string expected
    ) => Assert.Contains(expected, Error(Good() with { Optimizer = optimizer }), StringComparison.Ordinal);

    [Fact]
    public void Given_an_update_of_no_parameter_when_checked_then_the_error_offers_the_nearest() =>
        Assert.StartsWith(
            "Parameter dense.wieght is to be trained unlike the others, and the graph has none of that name. "
                + "Did you mean dense.weight?",
            Error(Good() with { Updates = Updates("dense.wieght", new(2)) }),
            StringComparison.Ordinal
        );

    [Fact]
    public void Given_a_penalty_below_zero_when_checked_then_the_error_says_so() =>
        Assert.Contains(
            "The L2 penalty is -1",
            Error(Good() with { Updates = Updates("dense.weight", new(L2: -1)) }),
            StringComparison.Ordinal
        );

    [Fact]
    public void Given_huber_without_a_parabola_when_checked_then_the_error_says_so() =>
        Assert.Contains("Huber's delta is 0", Error(Good() with { Loss = Huber(0) }), StringComparison.Ordinal);

    [Theory]
    [InlineData(Activation.Linear, false, "gives none. Add Sigmoid to the last layer")]
    [InlineData(Activation.Sigmoid, true, "is one. Leave out fromLogits")]
    [InlineData(Activation.Softmax, false, "is one of classes. Use CategoricalCrossentropy")]
    public void Given_an_output_that_does_not_fit_binary_crossentropy_when_checked_then_the_error_says_what_would(
        Activation last,
        bool fromLogits,
        string expected
    ) =>
        Assert.Contains(
            expected,
            Assert
                .Throws<GraphException>(() =>
                    Sequential.Of(Dense(2, last)).Compile(Adam(), BinaryCrossentropy(fromLogits)).Build(Shape.Of(3))
                )
                .Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void Given_logits_of_binary_crossentropy_when_made_for_inference_then_their_sigmoid_is_the_output()
    {
        var model = Sequential.Of(Dense(1)).Compile(Adam(), BinaryCrossentropy(fromLogits: true));

        var graph = InferenceGraphs.From(model.Build(Shape.Of(3))).Graph;

        Assert.Equal("Sigmoid", graph.Operations[^1].Type);
        Assert.Equal(graph.Operations[^1].Outputs[0], graph.Outputs[0].Name);
    }

    [Fact]
    public void Given_a_training_graph_without_new_settings_when_written_then_its_bytes_are_as_ever() =>
        Assert.DoesNotContain(
            new[] { "schedule", "updates", "rateInVelocity", "epsilonHat" },
            System.Text.Encoding.UTF8.GetString(GraphJson.Write(Good())).Contains
        );

    private static TrainingGraph Good() =>
        Sequential.Of(Dense(2)).Compile(Adam(), MeanSquaredError()).Build(Shape.Of(3));

    private static Optimizer With(LearningRateSchedule schedule) => Adam() with { Schedule = schedule };

    private static ImmutableSortedDictionary<string, ParameterUpdate> Updates(string name, ParameterUpdate update) =>
        ImmutableSortedDictionary<string, ParameterUpdate>.Empty.Add(name, update);

    private static string Error(TrainingGraph training) =>
        Assert.Throws<GraphException>(() => TrainingGraphValidation.Check(training)).Message;
}
