using static TorchSharp.torch;

namespace Neptune.Torch;

// N samples, C channels, H height, W width, B block

/// <summary>The same elements with other axes.</summary>
internal sealed class AxisKernels : IKernelFamily
{
    public IEnumerable<IOperationKernel> Members =>
        [
            new FunctionKernel("Squeeze", 1, 2, Squeeze),
            new FunctionKernel("Unsqueeze", 1, 2, Unsqueeze),
            new FunctionKernel("DepthToSpace", 1, 1, DepthToSpace),
            new FunctionKernel("SpaceToDepth", 1, 1, SpaceToDepth),
            new FunctionKernel("ReverseSequence", 2, 2, ReverseSequence),
        ];

    private static long[]? Axes(OperationSite site, Tensor?[] inputs) =>
        site.Operation.Attributes.ContainsKey("axes") ? [.. site.Operation.Ints("axes")]
        : inputs.Length > 1 && inputs[1] is { } given ? TorchTypes.Numbers(given)
        : null;

    private static Func<Tensor?[], Tensor> Squeeze(OperationSite site) =>
        inputs =>
        {
            var x = inputs[0]!;
            var shape = x.shape;
            var axes =
                Axes(site, inputs)?.Select(axis => axis < 0 ? axis + shape.Length : axis).ToArray()
                ?? [.. Enumerable.Range(0, shape.Length).Where(i => shape[i] == 1).Select(i => (long)i)];
            return axes.All(axis => axis >= 0 && axis < shape.Length && shape[axis] == 1)
                ? x.reshape([.. shape.Where((_, i) => !axes.Contains(i))])
                : throw site.Error(
                    $"axes is ({string.Join(", ", axes)}), and data has shape "
                        + $"({string.Join(", ", shape)}); lengths there "
                        + "must be 1"
                );
        };

    private static Func<Tensor?[], Tensor> Unsqueeze(OperationSite site) =>
        inputs =>
        {
            var axes = Axes(site, inputs) ?? throw site.Error("axes is missing");
            var shape = inputs[0]!.shape.ToList();
            var rank = shape.Count + axes.Length;
            foreach (var axis in axes.Select(axis => axis < 0 ? axis + rank : axis).Order())
            {
                shape.Insert(
                    axis >= 0 && axis <= shape.Count
                        ? (int)axis
                        : throw site.Error($"axes holds {axis}, and the output has {rank} dimensions"),
                    1
                );
            }
            return inputs[0]!.reshape([.. shape]);
        };

    private static Func<Tensor?[], Tensor> DepthToSpace(OperationSite site)
    {
        var block = site.Operation.Int("blocksize", 1);
        var depthFirst = site.Operation.Text("mode", "DCR") == "DCR";
        return inputs =>
        {
            var s = inputs[0]!.shape;
            var channels = s[1] / (block * block);
            var blocks_NCBHBW = depthFirst
                ? inputs[0]!.reshape(s[0], block, block, channels, s[2], s[3]).permute(0, 3, 4, 1, 5, 2)
                : inputs[0]!.reshape(s[0], channels, block, block, s[2], s[3]).permute(0, 1, 4, 2, 5, 3);
            return blocks_NCBHBW.reshape(s[0], channels, s[2] * block, s[3] * block);
        };
    }

    private static Func<Tensor?[], Tensor> SpaceToDepth(OperationSite site)
    {
        var block = site.Operation.Int("blocksize", 1);
        return inputs =>
        {
            var s = inputs[0]!.shape;
            return inputs[0]!
                .reshape(s[0], s[1], s[2] / block, block, s[3] / block, block)
                .permute(0, 3, 5, 1, 2, 4)
                .reshape(s[0], s[1] * block * block, s[2] / block, s[3] / block);
        };
    }

    private static Func<Tensor?[], Tensor> ReverseSequence(OperationSite site)
    {
        var (batchAxis, timeAxis) = (site.Operation.Int("batch_axis", 1), site.Operation.Int("time_axis", 0));
        return inputs =>
        {
            var x = inputs[0]!;
            var rank = (int)x.dim();
            var (batch, time) = ((int)((batchAxis + rank) % rank), (int)((timeAxis + rank) % rank));
            var lengths = Places.Along(inputs[1]!.to_type(ScalarType.Int64), batch, rank);
            var times = Places.Along(Places.Counting(x.size(time), x.device), time, rank);
            var from = where(times.lt(lengths), lengths.sub(Scalars.One).sub(times), times);
            return Places.TakeElements(x, time, Places.Checked(site, from, x.size(time)).expand(x.shape));
        };
    }
}
