using System.Collections.Immutable;
using Neptune.ModelGraph;
using TorchSharp;

namespace Neptune.Torch;

/// <summary>Runs the graph and the loss over shards. Callers open a dispose scope and turn autograd off.</summary>
internal sealed class ShardPass : IDisposable
{
    private const int MostConfusionClasses = 256;

    private readonly TorchDevice _device;
    private readonly WeightStore _weights;
    private readonly LossFunction _loss;
    private readonly GraphExecutor _executor;
    private readonly InputTensors _inputs;
    private readonly RunContext _run = new();
    private readonly ImmutableArray<(string Buffer, int Offset, float Momentum)> _statistics;
    private readonly GradientParts _parts;
    private readonly Action<int> _completed;
    private readonly double[] _metricSums;
    private readonly torch.Tensor? _deviceGradient;
    private readonly torch.Tensor[] _deviceGradients = [];

    public ShardPass(TorchDevice device, TrainingGraph graph, WeightStore weights)
    {
        if (graph.Graph.Inputs.Length != 1)
        {
            throw new GraphException(
                $"Graph {graph.Graph.Name} has {graph.Graph.Inputs.Length} inputs ({string.Join(", ", graph.Graph.Inputs)}). "
                    + "Training supports one: join features in one tensor."
            );
        }
        _device = device;
        _weights = weights;
        (_loss, var value) = LossFunction.Of(graph);
        Metrics = new(graph, _loss);
        _metricSums = new double[Metrics.Length];
        var plan = new ExecutionPlan(graph.Graph, device, value);
        _executor = new(plan, weights.Tensors);
        _inputs = new(device, graph.Graph.Inputs[0]);
        _run.Generator = new torch.Generator(0, device.Native);
        var statistics = plan
            .Nodes.SelectMany(n => n.Operation.Statistics.Select(s => (n.Operation, Statistic: s)))
            .Select(s => (Buffer: s.Operation.Operation.Inputs[s.Statistic.Input], s.Statistic.Momentum))
            .ToArray();
        Layout = new(
            weights.Trainable,
            [.. statistics.Select(s => weights.ElementsOf(s.Buffer).Length)],
            Metrics.Length
        );
        _parts = new(weights.Trainable);
        _completed = _parts.Complete;
        _statistics = [.. statistics.Select((s, i) => (s.Buffer, Layout.StatisticOffsets[i], s.Momentum))];
        var taken = 0;
        foreach (var node in plan.Nodes)
        {
            var count = node.Operation.Statistics.Length;
            node.Operation.StatisticOffsets = [.. Layout.StatisticOffsets.Skip(taken).Take(count)];
            taken += count;
        }
        if (!device.IsCpu)
        {
            _deviceGradient = TensorMemory.NewFlat(Math.Max(1, weights.Trainable.Length), device.Native);
            _deviceGradients = weights.Trainable.ViewsOf(_deviceGradient);
        }
    }

    public ExchangeLayout Layout { get; }

    public MetricSet Metrics { get; }

    public ShardOutcome ForwardBackward(in ShardBatch batch, ShardKey key, ExchangeBuffer into, Action<int, int>? final)
    {
        if (into.Layout.Length != Layout.Length)
        {
            throw new ArgumentException(
                $"The buffer has {into.Layout.Length} elements, and this replica exchanges {Layout.Length}. Take one of "
                    + "Replica.NewExchangeBuffer."
            );
        }
        if (batch.Rows == 0)
        {
            into.Span.Clear();
            final?.Invoke(0, Layout.Trainable.Length);
            return default;
        }
        _run.Training = true;
        _run.Rows = batch.Rows;
        _run.Key = key;
        _run.Exchange = into;
        try
        {
            var sums = Compute(batch, into, final);
            var tail = into.Span[Layout.Tail..];
            tail.Clear();
            tail[ExchangeLayout.LossSlot] = (float)sums.Loss;
            tail[ExchangeLayout.CountSlot] = sums.Count;
            tail[ExchangeLayout.RowsSlot] = batch.Rows;
            tail[ExchangeLayout.CorrectSlot] = sums.Correct;
            var metrics = into.Span.Slice(Layout.Metrics, Layout.MetricLength);
            for (var m = 0; m < metrics.Length; m++)
            {
                metrics[m] = (float)_metricSums[m];
            }
            return new(sums.Loss, sums.Count, sums.Correct, double.IsFinite(sums.Loss) ? null : Spoilt(into));
        }
        finally
        {
            _executor.Clear();
        }
    }

    public EvaluationSums Evaluate(in ShardBatch batch)
    {
        if (batch.Rows == 0)
        {
            return EvaluationSums.Zero;
        }
        try
        {
            using var outputs = Infer(batch.Features.Span, batch.Rows);
            var confusion =
                _loss.HasClasses && _loss.Width <= MostConfusionClasses ? new long[_loss.Width * _loss.Width] : [];
            var sums = _loss.Compute(TensorMemory.Floats(outputs), batch, [], confusion);
            var metrics = new double[Metrics.Length];
            Metrics.Add(TensorMemory.Floats(outputs), batch, metrics);
            return new(sums.Loss, sums.Count, sums.Correct, [.. confusion], [.. metrics]);
        }
        finally
        {
            _executor.Clear();
        }
    }

    public float[] Predict(ReadOnlySpan<float> features, int rows)
    {
        if (rows == 0)
        {
            return [];
        }
        try
        {
            using var outputs = Infer(features, rows);
            var values = TensorMemory.Floats(outputs).ToArray();
            switch (_loss.Outputs)
            {
                case OutputKind.LogitsOfSoftmax:
                    SoftmaxMath.SoftmaxRows(values, _loss.Width);
                    break;
                case OutputKind.LogitsOfSigmoid:
                    SigmoidMath.Sigmoid(values);
                    break;
            }
            return values;
        }
        finally
        {
            _executor.Clear();
        }
    }

    /// <summary>running = momentum running + (1 - momentum) (reduced sum / rows).</summary>
    public void UpdateStatistics(ReadOnlySpan<float> reduced, float rows)
    {
        foreach (var (buffer, offset, momentum) in _statistics)
        {
            var running = _weights.ElementsOf(buffer);
            var fresh = 1 - momentum;
            for (var c = 0; c < running.Length; c++)
            {
                running[c] = (running[c] * momentum) + (reduced[offset + c] / rows * fresh);
            }
        }
    }

    public void Dispose()
    {
        _executor.Dispose();
        _inputs.Dispose();
        _run.Generator?.Dispose();
        foreach (var view in _deviceGradients)
        {
            view.Dispose();
        }
        _deviceGradient?.Dispose();
    }

    private LossSums Compute(in ShardBatch batch, ExchangeBuffer into, Action<int, int>? final)
    {
        var outputs = _executor.Forward(_inputs.Fill(batch.Features.Span, batch.Rows), _run);
        using var moved = Plain(outputs);
        var gradient = torch.empty_like(moved ?? outputs);
        var sums = _loss.Compute(TensorMemory.Floats(moved ?? outputs), batch, TensorMemory.Floats(gradient), []);
        Array.Clear(_metricSums);
        Metrics.Add(TensorMemory.Floats(moved ?? outputs), batch, _metricSums);
        if (_device.IsCpu)
        {
            _parts.Start(into.Memory, final);
            _executor.Backward(gradient, into.Gradients, _run, _completed);
            _parts.Finish();
        }
        else
        {
            using var host = gradient;
            _executor.Backward(gradient.to(_device.Native), _deviceGradients, _run);
            using var target = into.Tensor.narrow(0, 0, Math.Max(1, Layout.Trainable.Length));
            target.copy_(_deviceGradient!);
            Layout.Trainable.ClearGaps(into.Span[..Layout.Trainable.Length]);
            final?.Invoke(0, Layout.Trainable.Length);
        }
        return sums;
    }

    private torch.Tensor Infer(ReadOnlySpan<float> features, int rows)
    {
        _run.Training = false;
        _run.Rows = rows;
        var outputs = _executor.Forward(_inputs.Fill(features, rows), _run);
        return Plain(outputs) ?? outputs.alias();
    }

    /// <summary>A contiguous copy in host memory; null where the tensor is so already.</summary>
    private static torch.Tensor? Plain(torch.Tensor tensor) =>
        tensor.device_type != DeviceType.CPU ? tensor.cpu().contiguous()
        : tensor.is_contiguous() ? null
        : tensor.contiguous();

    private string Spoilt(ExchangeBuffer into) =>
        Layout.Trainable.FirstNonFinite(into.Span) ?? Layout.Trainable.FirstNonFinite(_weights.TrainableElements) ?? "";
}
