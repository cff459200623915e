using System.Collections.Immutable;
using Neptune.ModelGraph;

namespace Neptune.Torch.Tests;

/// <summary>Parameters that are trained unlike the others, and learning rates by schedule.</summary>
public sealed class ParameterUpdateTests(OneDevice device) : IClassFixture<OneDevice>
{
    private static readonly Optimizer Plain = new Optimizer.Sgd(0.1f);

    [Fact]
    public Task Given_factors_when_trained_then_each_parameter_has_its_own_rate_and_penalty() =>
        device.Run(() =>
        {
            var graph = Graphs.Classifier(Graphs.Mlp(33, 17, 5), Plain);
            var updates = ImmutableSortedDictionary<string, ParameterUpdate>
                .Empty.Add("dense_1.weight", new(RateFactor: 2, L2: 0.5f))
                .Add("dense_1.bias", new(RateFactor: 0))
                .Add("dense_2.weight", new(L1: 0.25f));
            using var replica = new Replica(device.Device, graph with { Updates = updates }, seed: 3);
            using var plain = new Replica(device.Device, graph, seed: 3);
            var before = replica.ExportWeights();
            var gradients = Step(plain, Samples.Batch(7, 33, 5, 1));
            Step(replica, Samples.Batch(7, 33, 5, 1));
            var after = replica.ExportWeights();
            foreach (var (name, old) in before)
            {
                var update = updates.GetValueOrDefault(name, new());
                for (var i = 0; i < old.Floats.Length; i++)
                {
                    var w = old.Floats[i];
                    var g = gradients[name][i] + (update.L2 * w) + (update.L1 * float.Sign(w));
                    Assert.Equal(w - (0.1f * update.RateFactor * g), after[name].Floats[i], 1e-6f);
                }
            }
            Assert.Equal(before["dense_1.bias"].Floats.ToArray(), after["dense_1.bias"].Floats.ToArray());
        });

    [Fact]
    public Task Given_l2_of_all_parameters_when_trained_then_it_is_sgd_s_own_weight_decay() =>
        device.Run(() =>
        {
            var graph = Graphs.Classifier(Graphs.Mlp(13, 17, 5), new Optimizer.Sgd(0.1f, 0.9f, WeightDecay: 0.01f));
            var other = Graphs.Classifier(Graphs.Mlp(13, 17, 5), new Optimizer.Sgd(0.1f, 0.9f)) with
            {
                Updates = graph.Graph.Parameters.ToImmutableSortedDictionary(
                    p => p.Name,
                    _ => new ParameterUpdate(L2: 0.01f)
                ),
            };
            using var decayed = new Replica(device.Device, graph, seed: 3);
            using var penalized = new Replica(device.Device, other, seed: 3);
            for (var step = 0; step < 5; step++)
            {
                var batch = Samples.Batch(7, 13, 5, (ulong)step);
                Step(decayed, batch);
                Step(penalized, batch);
            }
            Assert.Equal(decayed.WeightsSha256(), penalized.WeightsSha256());
        });

    [Fact]
    public Task Given_a_schedule_when_trained_then_each_step_has_its_rate() =>
        device.Run(() =>
        {
            var schedule = new LearningRateSchedule.Step(0.5f, 2);
            var graph = Graphs.Classifier(Graphs.Mlp(13, 17, 5), Plain with { Schedule = schedule });
            using var scheduled = new Replica(device.Device, graph, seed: 3);
            using var byHand = new Replica(device.Device, graph with { Optimizer = Plain }, seed: 3);
            for (var step = 0; step < 5; step++)
            {
                byHand.LearningRate = 0.1f * MathF.Pow(0.5f, step / 2);
                Step(scheduled, Samples.Batch(7, 13, 5, (ulong)step));
                Step(byHand, Samples.Batch(7, 13, 5, (ulong)step));
            }
            Assert.Equal(byHand.WeightsSha256(), scheduled.WeightsSha256());
        });

    [Fact]
    public Task Given_a_schedule_when_training_goes_on_from_its_state_then_bits_are_those_of_training_without_a_break() =>
        device.Run(() =>
        {
            var schedule = new LearningRateSchedule.Inverse(0.5f, 0.75f);
            var graph = Graphs.Classifier(
                Graphs.Mlp(13, 17, 5),
                new Optimizer.AdaGrad(0.1f, 0.1f) { Schedule = schedule }
            );
            using var whole = new Replica(device.Device, graph, seed: 3);
            using var first = new Replica(device.Device, graph, seed: 3);
            for (var step = 0; step < 3; step++)
            {
                Step(whole, Samples.Batch(7, 13, 5, (ulong)step));
                Step(first, Samples.Batch(7, 13, 5, (ulong)step));
            }
            var state = first.ExportOptimizerState();
            using var second = new Replica(device.Device, graph, seed: 4, first.ExportWeights(), state);
            Step(whole, Samples.Batch(7, 13, 5, 9));
            Step(second, Samples.Batch(7, 13, 5, 9));
            Assert.Contains("adagrad.step", state.Keys);
            Assert.Equal(whole.WeightsSha256(), second.WeightsSha256());
        });

    private static Dictionary<string, float[]> Step(Replica replica, ShardBatch batch)
    {
        using var exchange = replica.NewExchangeBuffer();
        replica.ForwardBackward(batch, default, exchange);
        var means = exchange.Span.ToArray();
        replica.Apply(exchange.Span);
        var offset = 0;
        var gradients = new Dictionary<string, float[]>();
        foreach (var parameter in replica.Graph.Graph.Parameters.Where(p => p.Trainable))
        {
            var length = (int)parameter.Shape.ElementCount();
            gradients[parameter.Name] = [.. means.AsSpan(offset, length).ToArray().Select(g => g / batch.Rows)];
            offset += (length + 15) / 16 * 16;
        }
        return gradients;
    }
}
