using Neptune.ModelGraph;
using TorchSharp;

namespace Neptune.Torch;

// N samples, C channels, H height, W width

/// <summary>The largest element in each window, and where it stands; padding never wins.</summary>
internal sealed class MaxPoolKernel : IOperationKernel
{
    public string Type => "MaxPool";

    public PreparedOperation Prepare(OperationSite site)
    {
        site.RequireInputs(1, 1);
        return new Prepared(site);
    }

    private sealed class Prepared(OperationSite site) : PreparedOperation(site)
    {
        private readonly SpatialWindow _window = new(site);
        private readonly bool _ceiling = site.Operation.Int("ceil_mode", 0) != 0;
        private readonly bool _countsFromFirst = site.Operation.Int("storage_order", 0) != 0;
        private readonly bool _wantsPlaces = site.Operation.Outputs is [_, { Length: > 0 }, ..];

        public override bool OutputMayBeOverwritten => true;

        public override torch.Tensor Forward(torch.Tensor?[] inputs, RunContext run)
        {
            if (inputs[0]!.dim() != 4 || !inputs[0]!.is_floating_point())
            {
                return Pool(inputs[0]!).Values;
            }
            _window.Fit(inputs[0]!);
            if (_window.NeedsExplicitPadding && _ceiling)
            {
                return Pool(inputs[0]!).Values;
            }
            using var padded = _window.NeedsExplicitPadding
                ? torch.nn.functional.pad(
                    inputs[0]!,
                    _window.ExplicitPadding,
                    PaddingModes.Constant,
                    double.NegativeInfinity
                )
                : null;
            return torch.nn.functional.max_pool2d(
                padded ?? inputs[0]!,
                _window.Kernel,
                _window.Strides,
                _window.Padding,
                _window.Dilations,
                _ceiling
            );
        }

        public override void ForwardAll(torch.Tensor?[] inputs, torch.Tensor?[] outputs, RunContext run)
        {
            if (!_wantsPlaces)
            {
                outputs[0] = Forward(inputs, run);
                return;
            }
            (outputs[0], var places) = Pool(inputs[0]!);
            outputs[1] = Renumber(places, inputs[0]!.shape);
        }

        /// <summary>Any number of lengths; places are numbers in the padded lengths of one channel.</summary>
        private (torch.Tensor Values, torch.Tensor Places) Pool(torch.Tensor x)
        {
            var window = Window.Of(Operation, Shape.Of(x.shape));
            // Small whole numbers are exact in float32, in which libtorch pools.
            var isFloating = x.is_floating_point();
            var real = isFloating ? x : x.to_type(torch.ScalarType.Float32);
            var padded = WindowPadding.Pad(real, window, double.NegativeInfinity);
            var axes = window.Axes;
            if (axes.Length == 1)
            {
                var row = padded.unsqueeze(2);
                var (values, places) = torch.nn.functional.max_pool2d_with_indices(
                    row,
                    [1, axes[0].Kernel],
                    [1, axes[0].Stride],
                    [0, 0],
                    [1, axes[0].Dilation],
                    false
                );
                return (Restore(values.squeeze(2)), Unpad(places.squeeze(2), padded, window));
            }
            long[] kernel = [.. axes.Select(a => a.Kernel)];
            long[] strides = [.. axes.Select(a => a.Stride)];
            long[] none = [.. axes.Select(_ => 0L)];
            long[] dilations = [.. axes.Select(a => a.Dilation)];
            var (pooled, numbers) =
                axes.Length == 2
                    ? torch.nn.functional.max_pool2d_with_indices(padded, kernel, strides, none, dilations, false)
                    : torch.nn.functional.max_pool3d_with_indices(padded, kernel, strides, none, dilations, false);
            return (Restore(pooled), Unpad(numbers, padded, window));

            torch.Tensor Restore(torch.Tensor values) => isFloating ? values : values.to_type(x.dtype);
        }

        /// <summary>
        /// From numbers in the padded lengths to numbers in the input's own, or counted from the first length.
        /// </summary>
        private torch.Tensor Unpad(torch.Tensor places, torch.Tensor padded, Window window)
        {
            var axes = window.Axes;
            var rest = places;
            var result = torch.zeros_like(places);
            var factors = Factors(axes);
            for (var a = axes.Length - 1; a >= 0; a--)
            {
                var length = padded.size(a + 2);
                var place = rest.remainder(Scalars.Of(length)).sub(Scalars.Of(axes[a].PadBegin));
                rest = rest.div(Scalars.Of(length), torch.RoundingMode.floor);
                result = result.add(place.mul(Scalars.Of(factors[a])), Scalars.One);
            }
            return result;
        }

        private long[] Factors(IReadOnlyList<WindowAxis> axes)
        {
            var factors = new long[axes.Count];
            var factor = 1L;
            for (var i = 0; i < axes.Count; i++)
            {
                var a = _countsFromFirst ? i : axes.Count - 1 - i;
                factors[a] = factor;
                factor *= axes[a].InputLength;
            }
            return factors;
        }

        // In the whole of the input: each channel of each sample begins where the one before ends.
        private static torch.Tensor Renumber(torch.Tensor places, long[] shape)
        {
            var size = shape.Skip(2).Aggregate(1L, (product, length) => product * length);
            var starts = Places.Counting(shape[0] * shape[1], places.device).mul(Scalars.Of(size));
            return places.add(starts.reshape([shape[0], shape[1], .. shape.Skip(2).Select(_ => 1L)]), Scalars.One);
        }
    }
}
