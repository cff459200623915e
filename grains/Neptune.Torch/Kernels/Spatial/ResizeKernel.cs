using Neptune.ModelGraph;
using TorchSharp;

namespace Neptune.Torch;

/// <summary>
/// Resize, and Upsample, its first edition: axis after axis, by weights that depend on lengths alone.
/// </summary>
internal sealed class ResizeKernel : IKernelFamily
{
    public IEnumerable<IOperationKernel> Members => [new Kernel("Resize", 4), new Kernel("Upsample", 2)];

    private sealed class Kernel(string type, int most) : IOperationKernel
    {
        public string Type => type;

        public PreparedOperation Prepare(OperationSite site)
        {
            site.RequireInputs(1, most);
            return new Prepared(site, ResizeSettings.Of(site));
        }
    }

    private sealed class Prepared(OperationSite site, ResizeSettings settings) : PreparedOperation(site)
    {
        private readonly Dictionary<ResizeKey, ResizeWeights> _weights = [];

        public override torch.Tensor Forward(torch.Tensor?[] inputs, RunContext run)
        {
            var x = inputs[0]!;
            var axes = Axes(x.dim());
            var (scales, sizes) = Targets(inputs, x, axes);
            var roi = settings.Crops ? Reals(inputs[1]) : [];
            if (settings.Crops && roi.Length != 2 * axes.Length)
            {
                throw Site.Error($"roi has {roi.Length} numbers, and must have {2 * axes.Length}");
            }
            var y = x;
            for (var i = 0; i < axes.Length; i++)
            {
                var (begin, end) = settings.Crops ? (roi[i], roi[i + axes.Length]) : (0, 1);
                var key = new ResizeKey(x.size(axes[i]), sizes[i], scales[i], begin, end);
                if (key.KeepsAll && !settings.Crops)
                {
                    continue;
                }
                if (!_weights.TryGetValue(key, out var weights))
                {
                    _weights.Add(key, weights = ResizeWeights.Of(settings, key));
                }
                y = weights.Apply(y, axes[i], settings.Extrapolation);
            }
            return ReferenceEquals(x, y) ? x.alias() : y;
        }

        private int[] Axes(long rank) =>
            Operation.Attributes.ContainsKey("axes")
                ? [.. Operation.Ints("axes").Select(axis => (int)(axis < 0 ? axis + rank : axis))]
                : [.. Enumerable.Range(0, (int)rank)];

        private (double[] Scales, long[] Sizes) Targets(torch.Tensor?[] inputs, torch.Tensor x, int[] axes)
        {
            // ONNX's second edition has X and scales alone.
            var place = Operation.Inputs.Length == 2 ? 1 : 2;
            var sizes =
                Operation.Attributes.ContainsKey("sizes") ? [.. Operation.Ints("sizes")]
                : Site.Has(3) ? TorchTypes.Numbers(inputs[3]!)
                : null;
            if (sizes is { Length: > 0 })
            {
                RequireLength("sizes", sizes.Length, axes);
                double[] factors = [.. sizes.Select((size, i) => (double)size / x.size(axes[i]))];
                if (settings.Policy == "stretch")
                {
                    return (factors, sizes);
                }
                var factor = settings.Policy == "not_larger" ? factors.Min() : factors.Max();
                return (
                    [.. factors.Select(_ => factor)],
                    [.. axes.Select(axis => (long)Math.Floor((factor * x.size(axis)) + 0.5))]
                );
            }
            var scales = Operation.Attributes.ContainsKey("scales")
                ? [.. Operation.Floats("scales").Select(scale => (double)scale)]
                : Reals(Site.Has(place) ? inputs[place] : null);
            RequireLength("scales", scales.Length, axes);
            if (scales.FirstOrDefault(scale => !(scale > 0), 1) is var wrong && wrong != 1)
            {
                throw Site.Error($"scales has {wrong}, and must be greater than 0");
            }
            return (scales, [.. scales.Select((scale, i) => (long)Math.Floor(x.size(axes[i]) * scale))]);
        }

        private void RequireLength(string name, int count, int[] axes)
        {
            if (count != axes.Length)
            {
                throw Site.Error($"{name} has {count} numbers, and must have {axes.Length}, one for each axis");
            }
        }

        private static double[] Reals(torch.Tensor? tensor)
        {
            using var scope = torch.NewDisposeScope();
            return tensor is null || tensor.NumberOfElements == 0
                ? []
                : [.. tensor.detach().cpu().to_type(torch.ScalarType.Float64).contiguous().data<double>()];
        }
    }
}
