using Neptune.ModelGraph;
using TorchSharp;
using F = TorchSharp.torch.nn.functional;

namespace Neptune.Torch.Tests;

/// <summary>A module in a graph computes what it computes in a loop of TorchSharp's.</summary>
public sealed class ModulesFollowTorch(ModuleDevice device) : IClassFixture<ModuleDevice>
{
    private const int Rows = 12;
    private static readonly ShardKey Key = new(1, 2, 3, 4);

    [Theory]
    [InlineData("perceptron", 64)]
    [InlineData("convolution-net", 1, 8, 8)]
    public Task Given_a_module_when_a_shard_is_trained_then_loss_gradients_and_buffers_are_those_of_torch(
        string name,
        params int[] sample
    ) =>
        device.Run(() =>
        {
            var graph = device.Classifier(name, Shape.Of([.. sample.Select(s => (long)s)]));
            using var replica = new Replica(device.Device, graph, seed: 4);
            using var exchange = replica.NewExchangeBuffer();
            var batch = Samples.Batch(Rows, 64, 10);
            var operation = graph.Graph.Operations[0];

            var outcome = replica.ForwardBackward(batch, Key, exchange);

            // The plain loop, with the same weights, drawing from the same place.
            using var plain = ModuleFile.Module(name).Create(ModuleFile.Settings());
            var weights = replica.ExportWeights();
            using (torch.no_grad())
            {
                foreach (var (own, tensor) in Tensors(plain))
                {
                    tensor.copy_(torch.tensor(weights[$"{name}.{own}"].Floats.ToArray()).reshape(tensor.shape));
                }
            }
            plain.train();
            using var grad = torch.enable_grad();
            using var convolutions = ConvolutionMode.Enter(ConvolutionUse.Plain);
            var x = torch.tensor(batch.Features.ToArray()).reshape([Rows, .. sample.Select(s => (long)s)]);
            var loss = F.cross_entropy(
                DefaultGenerator.Seeded(Key.For(operation.Name), device.Device, () => plain.call(x)),
                torch.tensor(batch.Classes.ToArray()),
                reduction: torch.nn.Reduction.Sum
            );
            loss.backward();

            Assert.Equal(loss.item<float>(), outcome.LossSum, 1e-4);
            foreach (var slice in exchange.Layout.Trainable.Slices)
            {
                var own = slice.Parameter.Name[(name.Length + 1)..];
                var expected = plain.get_parameter(own)!.grad!.data<float>().ToArray();
                Close.To(expected, exchange.Span.Slice(slice.Offset, slice.Length), 1e-5f, $"gradient of {own}");
            }
            replica.Apply(exchange.Span);
            var after = replica.ExportWeights();
            foreach (var (own, buffer) in plain.named_buffers().Where(b => b.buffer.dtype == torch.float32))
            {
                Close.To(buffer.data<float>().ToArray(), after[$"{name}.{own}"].Floats, 1e-6f, own);
            }
        });

    [Fact]
    public Task Given_a_module_behind_a_layer_when_trained_then_the_layers_gradients_are_those_of_torch() =>
        device.Run(() =>
        {
            var module = device.Describe("perceptron", Shape.Of(64), ("dropout", "0"));
            var model = Sequential
                .Of(
                    Layers.Dense(64, name: "before"),
                    Layers.Module(module, name: "net"),
                    Layers.Dense(10, name: "behind")
                )
                .Compile(Layers.Sgd(), Layers.SparseCategoricalCrossentropy(fromLogits: true));
            using var replica = new Replica(device.Device, model.Build(Shape.Of(64)), seed: 4);
            using var exchange = replica.NewExchangeBuffer();
            var batch = Samples.Batch(Rows, 64, 10);

            replica.ForwardBackward(batch, Key, exchange);

            var weights = replica.ExportWeights();
            torch.Tensor Of(string name) =>
                torch
                    .tensor(weights[name].Floats.ToArray())
                    .reshape(weights[name].Shape.ToArray())
                    .requires_grad_(true);
            using var grad = torch.enable_grad();
            var tensors = weights.Keys.ToDictionary(name => name, Of);
            var hidden = F.linear(
                torch.tensor(batch.Features.ToArray()).reshape(Rows, 64),
                tensors["before.weight"],
                tensors["before.bias"]
            );
            hidden = F.linear(hidden, tensors["net._first.weight"], tensors["net._first.bias"]);
            hidden = F.relu(
                F.batch_norm(hidden, null, null, tensors["net._norm.weight"], tensors["net._norm.bias"], training: true)
            );
            hidden = F.linear(hidden, tensors["net._second.weight"], tensors["net._second.bias"]);
            hidden = F.linear(hidden, tensors["behind.weight"], tensors["behind.bias"]);
            F.cross_entropy(hidden, torch.tensor(batch.Classes.ToArray()), reduction: torch.nn.Reduction.Sum)
                .backward();
            foreach (var slice in exchange.Layout.Trainable.Slices)
            {
                Close.To(
                    tensors[slice.Parameter.Name].grad!.data<float>().ToArray(),
                    exchange.Span.Slice(slice.Offset, slice.Length),
                    2e-5f,
                    slice.Parameter.Name
                );
            }
        });

    [Fact]
    public Task Given_a_module_when_asked_in_inference_then_it_uses_running_statistics_and_drops_nothing() =>
        device.Run(() =>
        {
            using var replica = new Replica(device.Device, device.Classifier("perceptron", Shape.Of(64)), seed: 4);
            var features = Samples.Floats(Rows * 64);
            var all = replica.Predict(features, Rows);
            var alone = replica.Predict(features.AsSpan(0, 64), 1);
            Close.To(all.AsSpan(0, 10), alone, 1e-6f, "the first sample's answer");
            Assert.Equal(all, replica.Predict(features, Rows));
        });

    [Fact]
    public Task Given_a_module_when_described_then_its_graph_survives_JSON_and_names_its_tensors() =>
        device.Run(() =>
        {
            var graph = device.Describe("perceptron", Shape.Of(64), ("hidden", "16"));
            var read = GraphJson.ReadGraph(GraphJson.Write(graph));
            Assert.Equal(GraphJson.Sha256(graph), GraphJson.Sha256(read));
            var module = ModuleOperation.Of(read.Operations[0]);
            Assert.Equal(ModuleFile.Module("perceptron").Module, module.Module);
            Assert.Equal("16", module.Settings["hidden"]);
            Assert.Equal(["_norm.running_mean", "_norm.running_var"], module.Statistics);
            Assert.Equal("(N, 10)", read.Outputs[0].Shape.ToString());
            Assert.Equal([module.Module], ModuleRef.In(read));
            Assert.Contains(
                read.Parameters,
                p => p is { Name: "perceptron._first.weight", Trainable: true } && p.Shape == Shape.Of(16, 64)
            );
        });

    private static IEnumerable<(string, torch.Tensor)> Tensors(torch.nn.Module module) =>
        module
            .named_parameters()
            .Select(p => (p.name, (torch.Tensor)p.parameter))
            .Concat(module.named_buffers().Where(b => b.buffer.dtype == torch.float32));
}
