using static TorchSharp.torch;

namespace Neptune.Torch;

/// <summary>Tensors put together, repeated or padded.</summary>
internal sealed class JoiningKernels : IKernelFamily
{
    public IEnumerable<IOperationKernel> Members =>
        [
            new FunctionKernel("Concat", 1, int.MaxValue, Concat),
            new FunctionKernel("Expand", 2, 2, _ => inputs => Expand(inputs[0]!, TorchTypes.Numbers(inputs[1]!))),
            new FunctionKernel("Tile", 2, 2, _ => inputs => Tile(inputs[0]!, TorchTypes.Numbers(inputs[1]!))),
            new FunctionKernel("Pad", 1, 4, Pad),
        ];

    private static Func<Tensor?[], Tensor> Concat(OperationSite site)
    {
        var axis = site.Operation.Int("axis", 0);
        return inputs => cat(inputs!, axis);
    }

    private static Tensor Expand(Tensor x, long[] shape)
    {
        var rank = Math.Max(shape.Length, x.shape.Length);
        var own = x.shape;
        var target = new long[rank];
        for (var i = 1; i <= rank; i++)
        {
            var wanted = i <= shape.Length ? shape[^i] : 1;
            target[^i] = wanted == 1 && i <= own.Length ? own[^i] : wanted;
        }
        return x.expand(target);
    }

    private static Tensor Tile(Tensor x, long[] repeats) => repeats.Length == 0 ? x : x.repeat(repeats);

    private static Func<Tensor?[], Tensor> Pad(OperationSite site)
    {
        var mode = site.Operation.Text("mode", "constant");
        var fill = site.Operation.Float("value", 0);
        long[]? fixedPads = site.Operation.Attributes.ContainsKey("pads") ? [.. site.Operation.Ints("pads")] : null;
        return inputs =>
        {
            var x = inputs[0]!;
            var pads = fixedPads ?? TorchTypes.Numbers(inputs[1]!);
            var axes =
                inputs.Length > 3 && inputs[3] is { } given
                    ? [.. TorchTypes.Numbers(given).Select(axis => (int)(axis < 0 ? axis + x.dim() : axis))]
                    : Enumerable.Range(0, (int)x.dim()).ToArray();
            if (pads.Length != axes.Length * 2)
            {
                throw site.Error($"pads has {pads.Length} numbers, and there are {axes.Length} axes to pad");
            }
            var value = inputs.Length > 2 ? inputs[2] : null;
            for (var i = 0; i < axes.Length; i++)
            {
                var (before, behind) = (pads[i], pads[i + axes.Length]);
                x =
                    mode == "constant" ? WithConstant(x, axes[i], before, behind, value, fill)
                    : before == 0 && behind == 0 ? x
                    : Places.Take(x, axes[i], Source(site, mode, x.size(axes[i]), before, behind, x.device));
            }
            return x;
        };
    }

    private static Tensor WithConstant(Tensor x, int axis, long before, long behind, Tensor? value, float fill)
    {
        var start = Math.Max(0, -before);
        var kept = x.size(axis) - start - Math.Max(0, -behind);
        var parts = new List<Tensor> { start == 0 && kept == x.size(axis) ? x : x.narrow(axis, start, kept) };
        Tensor Filled(long length)
        {
            var shape = x.shape;
            shape[axis] = length;
            return value is null
                ? full(shape, Scalars.Of(fill), x.dtype, x.device)
                : value.reshape([]).to_type(x.dtype).expand(shape);
        }
        if (before > 0)
        {
            parts.Insert(0, Filled(before));
        }
        if (behind > 0)
        {
            parts.Add(Filled(behind));
        }
        return parts.Count == 1 ? parts[0] : cat(parts, axis);
    }

    /// <summary>Where each element of a padded axis comes from.</summary>
    private static Tensor Source(OperationSite site, string mode, long length, long before, long behind, Device device)
    {
        var count = length + before + behind;
        if (count < 0 || (length == 0 && count > 0))
        {
            throw site.Error($"an axis of length {length} cannot be padded by {before} and {behind} in mode {mode}");
        }
        var places = new long[count];
        for (var i = 0; i < count; i++)
        {
            var place = i - before;
            places[i] = mode switch
            {
                "edge" => Math.Clamp(place, 0, length - 1),
                "wrap" => ((place % length) + length) % length,
                _ => Reflected(place, length),
            };
        }
        return tensor(places, device: device);
    }

    // The edge itself is not repeated.
    private static long Reflected(long place, long length)
    {
        if (length == 1)
        {
            return 0;
        }
        var period = 2 * (length - 1);
        var within = ((place % period) + period) % period;
        return within < length ? within : period - within;
    }
}
