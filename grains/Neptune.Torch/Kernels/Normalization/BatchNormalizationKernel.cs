using System.Collections.Immutable;
using TorchSharp;

namespace Neptune.Torch;

// N samples, C channels

/// <summary>
/// Normalises each channel: by the shard's own mean and variance in training, by the running ones in inference. Inputs:
/// X, scale, bias, running mean, running variance. In training the shard's mean and unbiased variance, times its rows,
/// go to the exchanged vector; the running ones change when the global batch is applied. Statistics that are no such
/// parameters are used as they are given.
/// </summary>
internal sealed class BatchNormalizationKernel : IOperationKernel
{
    public string Type => "BatchNormalization";

    public PreparedOperation Prepare(OperationSite site)
    {
        site.RequireInputs(5, 5);
        if (site.Operation.Int("training_mode", 0) != 0)
        {
            return new OfTheBatch(site);
        }
        var runs = Enumerable.Range(3, 2).Select(input => site.ParameterAt(input) is { Trainable: false }).ToArray();
        if (runs[0] != runs[1])
        {
            throw site.Error(
                $"{site.Operation.Inputs[3]} and {site.Operation.Inputs[4]} must both be parameters that are not trainable "
                    + "(running statistics), or neither"
            );
        }
        return runs[0] ? new Prepared(site) : new Given(site);
    }

    private sealed class Prepared(OperationSite site) : PreparedOperation(site)
    {
        private readonly double _epsilon = site.Operation.Float("epsilon", 1e-5f);
        private torch.Tensor? _mean;
        private torch.Tensor? _variance;

        public override bool OutputMayBeOverwritten => true;

        public override ImmutableArray<RunningStatistic> Statistics { get; } =
        [new(3, site.Operation.Float("momentum", 0.9f)), new(4, site.Operation.Float("momentum", 0.9f))];

        public override torch.Tensor Forward(torch.Tensor?[] inputs, RunContext run)
        {
            var (x, scale, bias) = (inputs[0]!, inputs[1]!, inputs[2]!);
            if (!run.Training)
            {
                return torch.nn.functional.batch_norm(x, inputs[3]!, inputs[4]!, scale, bias, false, 0, _epsilon);
            }
            _mean ??= torch.zeros_like(inputs[3]!).DetachFromDisposeScope();
            _variance ??= torch.zeros_like(inputs[4]!).DetachFromDisposeScope();
            // With momentum 1 they become the batch's own. Zeroed, since 0 times an old NaN would stay.
            _mean.zero_();
            _variance.zero_();
            var y = torch.nn.functional.batch_norm(x, _mean, _variance, scale, bias, true, 1, _epsilon);
            Write(_mean, run, StatisticOffsets[0]);
            Write(_variance, run, StatisticOffsets[1]);
            if (x.NumberOfElements == x.size(1))
            {
                // One element for each channel: its unbiased variance is 0 / 0.
                run.Exchange!.Span.Slice(StatisticOffsets[1], (int)x.size(1)).Clear();
            }
            return y;
        }

        public override void Free()
        {
            _mean?.Dispose();
            _variance?.Dispose();
        }

        private static void Write(torch.Tensor statistic, RunContext run, int offset)
        {
            using var moved = statistic.device_type == DeviceType.CPU ? null : statistic.cpu();
            var values = TensorMemory.Floats(moved ?? statistic);
            var sums = run.Exchange!.Span.Slice(offset, values.Length);
            for (var c = 0; c < values.Length; c++)
            {
                sums[c] = values[c] * run.Rows;
            }
        }
    }

    /// <summary>By a mean and a variance that the graph computes or is given.</summary>
    private sealed class Given(OperationSite site) : PreparedOperation(site)
    {
        private readonly float _epsilon = site.Operation.Float("epsilon", 1e-5f);

        public override torch.Tensor Forward(torch.Tensor?[] inputs, RunContext run) =>
            Normalized(inputs[0]!, inputs[1]!, inputs[2]!, inputs[3]!, inputs[4]!, _epsilon);
    }

    /// <summary>By the batch's own, in training and inference.</summary>
    private sealed class OfTheBatch(OperationSite site) : SeveralOutputs(site)
    {
        private readonly float _epsilon = site.Operation.Float("epsilon", 1e-5f);
        private readonly float _momentum = site.Operation.Float("momentum", 0.9f);

        public override void ForwardAll(torch.Tensor?[] inputs, torch.Tensor?[] outputs, RunContext run)
        {
            var x = inputs[0]!;
            long[] others = [0, .. Enumerable.Range(2, (int)x.dim() - 2).Select(d => (long)d)];
            var mean = x.mean(others);
            var centered = x.sub(PerChannel(mean, x));
            var variance = centered.mul(centered).mean(others);
            outputs[0] = Normalized(x, inputs[1]!, inputs[2]!, mean, variance, _epsilon);
            for (var i = 1; i < outputs.Length; i++)
            {
                outputs[i] = Wants(i)
                    ? inputs[i + 2]!
                        .mul(Scalars.Of(_momentum))
                        .add((i == 1 ? mean : variance).mul(Scalars.Of(1 - _momentum)), Scalars.One)
                    : null;
            }
        }
    }

    private static torch.Tensor Normalized(
        torch.Tensor x,
        torch.Tensor scale,
        torch.Tensor bias,
        torch.Tensor mean,
        torch.Tensor variance,
        float epsilon
    ) =>
        x.sub(PerChannel(mean, x))
            .mul(PerChannel(variance.add(Scalars.Of(epsilon), Scalars.One).rsqrt().mul(scale), x))
            .add(PerChannel(bias, x), Scalars.One);

    private static torch.Tensor PerChannel(torch.Tensor values, torch.Tensor x) =>
        values.reshape([1, -1, .. x.shape.Skip(2).Select(_ => 1L)]);
}
