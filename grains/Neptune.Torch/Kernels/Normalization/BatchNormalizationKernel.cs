using System.Collections.Immutable;
using TorchSharp;

namespace Neptune.Torch;

// N samples, C channels

/// <summary>
/// Normalises each channel: by the shard's own mean and variance in training, by the running ones in inference. Inputs:
/// X, scale, bias, running mean, running variance. In training the shard's mean and unbiased variance, times its rows,
/// go to the exchanged vector; the running ones change when the global batch is applied.
/// </summary>
internal sealed class BatchNormalizationKernel : IOperationKernel
{
    public string Type => "BatchNormalization";

    public PreparedOperation Prepare(OperationSite site)
    {
        site.RequireInputs(5, 5);
        for (var input = 3; input < 5; input++)
        {
            if (site.ParameterAt(input) is not { Trainable: false })
            {
                throw site.Error(
                    $"{site.Operation.Inputs[input]} must be a parameter that is not trainable: a running statistic"
                );
            }
        }
        return new Prepared(site);
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
}
