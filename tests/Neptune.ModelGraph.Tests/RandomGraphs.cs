using System.Collections.Immutable;
using static Neptune.ModelGraph.Layers;

namespace Neptune.ModelGraph.Tests;

/// <summary>Random models that build, and random weights for them.</summary>
internal static class RandomGraphs
{
    private static readonly Gen<Activation> AnyActivation = Gen.Enum<Activation>();

    private static readonly Gen<Layer> AnyImageLayer = Gen.OneOf(
        Gen.Select(
            Gen.Int[1, 4],
            Gen.Int[1, 3],
            AnyActivation,
            Gen.Bool,
            (filters, kernel, activation, bias) =>
                Conv2D(filters, (kernel, 1), activation, padding: Padding.Same, bias: bias)
        ),
        Gen.Select(
            Gen.Int[1, 2],
            Gen.Bool,
            (pool, max) => max ? MaxPooling2D(pool, 1) : AveragePooling2D((1, pool), 1)
        ),
        Gen.Float[0, 0.9f].Select(rate => Dropout(rate)),
        Gen.Float[0.1f, 0.9f].Select(momentum => BatchNormalization(momentum)),
        AnyActivation.Select(activation => Activate(activation))
    );

    private static readonly Gen<Layer> AnyFeatureLayer = Gen.OneOf(
        Gen.Select(Gen.Int[1, 5], AnyActivation, Gen.Bool, (units, activation, bias) => Dense(units, activation, bias)),
        Gen.Float[0, 0.9f].Select(rate => Dropout(rate)),
        Gen.Float[0.1f, 0.9f].Select(momentum => BatchNormalization(momentum))
    );

    private static readonly Gen<LearningRateSchedule?> AnySchedule = Gen.OneOf<LearningRateSchedule?>(
        Gen.Const((LearningRateSchedule?)null),
        Gen.Float[0.1f, 1].Select(gamma => (LearningRateSchedule?)new LearningRateSchedule.Step(gamma, 10)),
        Gen.Float[0.1f, 1].Select(gamma => (LearningRateSchedule?)new LearningRateSchedule.Exponential(gamma)),
        Gen.Float[0, 1].Select(gamma => (LearningRateSchedule?)new LearningRateSchedule.Inverse(gamma, 0.75f)),
        Gen.Long[1, 99].Select(steps => (LearningRateSchedule?)new LearningRateSchedule.Polynomial(steps, 2, 0.1f)),
        Gen.Float[-1, 1].Select(gamma => (LearningRateSchedule?)new LearningRateSchedule.Sigmoid(gamma, 7)),
        Gen.Long[1, 99].Select(steps => (LearningRateSchedule?)new LearningRateSchedule.Cosine(steps, 0.1f)),
        Gen.Float[0, 1].Select(f => (LearningRateSchedule?)new LearningRateSchedule.Piecewise([(3, f), (9, f / 2)]))
    );

    private static readonly Gen<Optimizer> AnyPlainOptimizer = Gen.OneOf(
        Gen.Bool.Select(hat => (Optimizer)new Optimizer.Adam(EpsilonHat: hat)),
        Gen.Bool.Select(hat => (Optimizer)new Optimizer.AdamW(EpsilonHat: hat)),
        Gen.Bool.Select(inside => (Optimizer)new Optimizer.Sgd(0.1f, 0.9f, RateInVelocity: inside)),
        Gen.Float[1e-6f, 1].Select(rate => AdaMax(rate)),
        Gen.Float[0, 0.9f].Select(momentum => RmsProp(momentum: momentum)),
        Gen.Bool.Select(inside => (Optimizer)new Optimizer.RmsProp(EpsilonInRoot: inside)),
        Gen.Bool.Select(inside => (Optimizer)new Optimizer.AdaGrad(0.1f, 0.1f, EpsilonInRoot: inside)),
        Gen.Float[0, 0.9f].Select(rho => AdaDelta(rho: rho)),
        Gen.Float[1e-6f, 1].Select(rate => Adam(rate)),
        Gen.Select(Gen.Float[1e-6f, 1], Gen.Float[0, 1], (rate, decay) => AdamW(rate, weightDecay: decay)),
        Gen.Select(Gen.Float[1e-6f, 1], Gen.Float[0.1f, 0.9f], Gen.Bool, (rate, m, nesterov) => Sgd(rate, m, nesterov))
    );

    private static readonly Gen<Optimizer> AnyOptimizer =
        from optimizer in AnyPlainOptimizer
        from schedule in AnySchedule
        select optimizer with
        {
            Schedule = schedule,
        };

    private static readonly Gen<Loss> AnyLoss = Gen.OneOf(
        Gen.Const(SparseCategoricalCrossentropy()),
        Gen.Long[-5, 5].Select(ignored => SparseCategoricalCrossentropy(ignoreIndex: ignored)),
        Gen.Const(CategoricalCrossentropy()),
        Gen.Const(MeanSquaredError()),
        Gen.Const(MeanAbsoluteError()),
        Gen.Float[0.1f, 9].Select(delta => Huber(delta))
    );

    public static Gen<TrainingGraph> Training { get; } =
        Gen.Select(
            AnyImageLayer.List[0, 4],
            AnyFeatureLayer.List[0, 3],
            AnyOptimizer,
            AnyLoss,
            Gen.Float[0, 1],
            (images, features, optimizer, loss, penalty) =>
            {
                var last = Dense(3, Activation.Softmax);
                var model = Sequential.Of([.. images, Flatten(), .. features, last]);
                var training = model.Compile(optimizer, loss).Build(Shape.Of(6, 5, 2)); // four poolings fit
                var updated = training.Graph.Parameters.Where(p => p.Trainable).Take(penalty < 0.5f ? 0 : 2);
                return training with
                {
                    Updates = updated.ToImmutableSortedDictionary(
                        p => p.Name,
                        _ => new ParameterUpdate(1 - penalty, penalty, penalty / 2),
                        StringComparer.Ordinal
                    ),
                };
            }
        );

    public static Gen<TrainingPackage> Package { get; } =
        Gen.Select(
            Training,
            Gen.ULong,
            Gen.Double.Array[0, 3],
            Gen.String.Array[0, 3],
            (graph, seed, losses, labels) =>
                new TrainingPackage
                {
                    Graph = graph,
                    Weights = Weights(graph.Graph, seed),
                    OptimizerState = Weights(graph.Graph, seed + 1, "adam.m/"),
                    Position = new((long)(seed % 1000), losses.Length, (int)(seed % 7)),
                    History =
                    [
                        .. losses.Select(
                            (loss, i) =>
                                new EpochMetrics
                                {
                                    Epoch = i + 1,
                                    Loss = loss,
                                    Metrics = i == 0 ? [] : [new("auc", loss / 2, i == 1 ? null : loss / 3)],
                                }
                        ),
                    ],
                    Lineage = new()
                    {
                        Job = "job-1",
                        Seed = seed,
                        GraphSha256 = GraphJson.Sha256(graph),
                    },
                    InputScale = 1f / 255,
                    Labels = [.. labels.Select(label => label.Replace('\uFFFD', '?').ToWellFormed())],
                }
        );

    public static System.Collections.Immutable.ImmutableSortedDictionary<string, TensorValue> Weights(
        Graph graph,
        ulong seed,
        string prefix = ""
    )
    {
        var weights = System.Collections.Immutable.ImmutableSortedDictionary.CreateBuilder<string, TensorValue>(
            StringComparer.Ordinal
        );
        foreach (var parameter in graph.Parameters)
        {
            var values = new float[parameter.Shape.ElementCount()];
            ParameterValues.Fill(parameter, seed, values);
            weights.Add(prefix + parameter.Name, TensorValue.Of(parameter.Shape, values));
        }
        return weights.ToImmutable();
    }

    // A lone surrogate has no form in UTF-8.
    private static string ToWellFormed(this string text) =>
        string.Concat(text.EnumerateRunes().Select(rune => rune.ToString()));
}
