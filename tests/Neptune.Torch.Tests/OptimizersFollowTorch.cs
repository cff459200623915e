using Neptune.ModelGraph;
using TorchSharp;
using static TorchSharp.torch.nn;

namespace Neptune.Torch.Tests;

public sealed class OptimizersFollowTorch(OneDevice device) : IClassFixture<OneDevice>
{
    public static TheoryData<string> Optimizers =>
        ["sgd", "decay", "momentum", "nesterov", "adam", "adamw", "adamax", "rmsprop", "adagrad", "adadelta"];

    [Theory]
    [MemberData(nameof(Optimizers))]
    public Task Given_one_shard_when_trained_then_every_step_follows_a_plain_loop(string name) =>
        device.Run(() =>
        {
            var (ours, make) = Pair(name);
            using var replica = new Replica(device.Device, Graphs.Classifier(Graphs.Mlp(13, 17, 5), ours), seed: 3);
            using var plain = new PlainMlp(replica);
            using var optimizer = make(plain.Parameters);
            using var exchange = replica.NewExchangeBuffer();
            for (var step = 0; step < 25; step++)
            {
                var batch = Samples.Batch(7, 13, 5, (ulong)step + 10);
                var outcome = replica.ForwardBackward(batch, new(3, 0, step, 0), exchange);
                replica.Apply(exchange.Span);
                var loss = plain.Step(batch, optimizer);
                Assert.Equal(loss, outcome.LossSum / outcome.Count, 1e-4);
                foreach (var (parameter, expected) in plain.Named())
                {
                    Close.To(expected, replica.ExportWeights()[parameter].Floats, 2e-5f, $"{parameter} at step {step}");
                }
            }
        });

    private static (Optimizer, Func<IEnumerable<TorchSharp.Modules.Parameter>, torch.optim.Optimizer>) Pair(
        string name
    ) =>
        name switch
        {
            "sgd" => (new Optimizer.Sgd(0.1f), p => torch.optim.SGD(p, 0.1)),
            "decay" => (new Optimizer.Sgd(0.1f, WeightDecay: 0.01f), p => torch.optim.SGD(p, 0.1, weight_decay: 0.01)),
            "momentum" => (new Optimizer.Sgd(0.1f, 0.9f), p => torch.optim.SGD(p, 0.1, momentum: 0.9)),
            "nesterov" => (
                new Optimizer.Sgd(0.1f, 0.9f, true),
                p => torch.optim.SGD(p, 0.1, momentum: 0.9, nesterov: true)
            ),
            "adamax" => (new Optimizer.AdaMax(0.01f), p => torch.optim.Adamax(p, 0.01, eps: 1e-7)),
            "rmsprop" => (
                new Optimizer.RmsProp(0.01f, 0.9f, 0.5f),
                p => torch.optim.RMSProp(p, 0.01, alpha: 0.9, eps: 1e-7, momentum: 0.5)
            ),
            "adagrad" => (
                new Optimizer.AdaGrad(0.01f, 0.1f),
                p => torch.optim.Adagrad(p, 0.01, initial_accumulator_value: 0.1, eps: 1e-7)
            ),
            "adadelta" => (new Optimizer.AdaDelta(), p => torch.optim.Adadelta(p, 1, rho: 0.95, eps: 1e-6)),
            "adam" => (new Optimizer.Adam(0.01f), p => torch.optim.Adam(p, 0.01, eps: 1e-7)),
            _ => (
                new Optimizer.AdamW(0.01f, WeightDecay: 0.1f),
                p => torch.optim.AdamW(p, 0.01, eps: 1e-7, weight_decay: 0.1)
            ),
        };
}
