using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Neptune.Torch.Tests;

/// <summary>A dense network as a user of TorchSharp writes it, which starts with a replica's weights.</summary>
internal sealed class PlainMlp : IDisposable
{
    private readonly TorchSharp.Modules.Sequential _model = Sequential();
    private readonly List<string> _names = [];

    public PlainMlp(Replica replica)
    {
        var weights = replica.ExportWeights();
        var layers = replica.Graph.Graph.Parameters.Where(p => p.Shape.Rank == 2).ToArray();
        foreach (var parameter in layers)
        {
            var layer = Linear(parameter.Shape[1].Length, parameter.Shape[0].Length);
            var bias = parameter.Name.Replace("weight", "bias", StringComparison.Ordinal);
            using (no_grad())
            {
                layer.weight.copy_(tensor(weights[parameter.Name].Floats.ToArray()).reshape(layer.weight.shape));
                layer.bias!.copy_(tensor(weights[bias].Floats.ToArray()));
            }
            _model.append(layer);
            _names.AddRange([parameter.Name, bias]);
            if (parameter != layers[^1])
            {
                _model.append(ReLU());
            }
        }
    }

    public IEnumerable<TorchSharp.Modules.Parameter> Parameters => _model.parameters();

    /// <summary>One step on the mean loss.</summary>
    public float Step(ShardBatch batch, optim.Optimizer optimizer)
    {
        using var scope = NewDisposeScope();
        optimizer.zero_grad();
        var loss = Loss(batch);
        loss.backward();
        optimizer.step();
        return loss.item<float>();
    }

    public Tensor Loss(ShardBatch batch, Reduction reduction = Reduction.Mean)
    {
        var x = tensor(batch.Features.ToArray()).reshape(batch.Rows, -1);
        return functional.cross_entropy(_model.forward(x), tensor(batch.Classes.ToArray()), reduction: reduction);
    }

    public IEnumerable<(string Name, float[] Values)> Named() =>
        _names.Zip(Parameters, (name, p) => (name, p.detach().data<float>().ToArray()));

    public IEnumerable<(string Name, float[] Values)> Gradients() =>
        _names.Zip(Parameters, (name, p) => (name, p.grad!.data<float>().ToArray()));

    public void Dispose() => _model.Dispose();
}
