using Neptune.Torch;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Neptune.Benchmarks;

/// <summary>
/// The loop a user of TorchSharp writes: modules, an optimizer of torch.optim, zero_grad, backward, step. Its batches are
/// tensors before the clock starts, and its native memory is tuned as Neptune's is.
/// </summary>
internal sealed class PlainContender : IContender
{
    private readonly List<(Tensor Features, Tensor Classes)> _batches = [];
    private TorchDevice _device = null!;
    private Module<Tensor, Tensor> _model = null!;
    private optim.Optimizer _optimizer = null!;
    private long _step;

    public string Name => "plain TorchSharp";

    public async Task PrepareAsync(Workload workload, CancellationToken cancellation)
    {
        _device = await TorchDevice.StartAsync("cpu:0", cancellation: cancellation);
        await _device.RunAsync(() => Prepare(workload), cancellation);
    }

    public Task<double> TrainAsync(int steps, CancellationToken cancellation) =>
        _device.RunAsync(
            () =>
            {
                var last = 0.0;
                for (var i = 0; i < steps; i++, _step++)
                {
                    using var scope = NewDisposeScope();
                    var (features, classes) = _batches[(int)(_step % _batches.Count)];
                    _optimizer.zero_grad();
                    var loss = functional.cross_entropy(_model.forward(features), classes);
                    loss.backward();
                    _optimizer.step();
                    last = loss.item<float>();
                }
                return last;
            },
            cancellation
        );

    public async ValueTask DisposeAsync()
    {
        await _device.RunAsync(
            () =>
            {
                _optimizer.Dispose();
                _model.Dispose();
                foreach (var (features, classes) in _batches)
                {
                    features.Dispose();
                    classes.Dispose();
                }
            },
            CancellationToken.None
        );
        await _device.DisposeAsync();
    }

    private void Prepare(Workload workload)
    {
        var graph = workload.Graph.Graph;
        var isImage = graph.Inputs[0].Shape.Rank == 4;
        foreach (var batch in workload.MakeBatches())
        {
            long[] shape = isImage ? [batch.Rows, 1, 28, 28] : [batch.Rows, workload.FeaturesOfSample];
            _batches.Add(
                (
                    tensor(batch.Features.ToArray()).reshape(shape).DetachFromDisposeScope(),
                    tensor(batch.Classes.ToArray()).DetachFromDisposeScope()
                )
            );
        }
        var modules = new List<(string, Module<Tensor, Tensor>)>();
        foreach (var operation in graph.Operations)
        {
            var shape = graph.Parameters.FirstOrDefault(p => operation.Inputs.Contains(p.Name))?.Shape;
            Module<Tensor, Tensor>? module = operation.Type switch
            {
                "Gemm" => Linear(shape![1].Length, shape[0].Length),
                "Conv" => Conv2d(shape![1].Length, shape[0].Length, 3),
                "Relu" => ReLU(),
                "MaxPool" => MaxPool2d(2),
                "Flatten" => nn.Flatten(),
                "Transpose" or "Reshape" or "Softmax" => null, // the batch is (N, C, H, W), and the loss takes logits
                _ => throw new NotSupportedException($"The plain loop has no module for {operation.Type}."),
            };
            if (module is not null)
            {
                modules.Add((operation.Name.Replace('.', '_').Replace('/', '_'), module));
            }
        }
        _model = Sequential(modules);
        _optimizer = workload.Graph.Optimizer switch
        {
            ModelGraph.Optimizer.Adam adam => optim.Adam(_model.parameters(), adam.LearningRate, eps: adam.Epsilon),
            ModelGraph.Optimizer.Sgd sgd => optim.SGD(_model.parameters(), sgd.LearningRate),
            var other => throw new NotSupportedException($"The plain loop has no {other}."),
        };
    }
}
