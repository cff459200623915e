using Neptune.ModelGraph.Operations;
using static TorchSharp.torch;

namespace Neptune.Torch;

/// <summary>Parts of a tensor, at places that are the same for all its elements.</summary>
internal sealed class CuttingKernels : IKernelFamily
{
    public IEnumerable<IOperationKernel> Members =>
        [
            new FunctionKernel("Slice", 1, 5, Slice),
            new FunctionKernel("Compress", 2, 2, Compress),
            new FunctionKernel("Trilu", 1, 2, Trilu),
        ];

    private static Func<Tensor?[], Tensor> Slice(OperationSite site) =>
        inputs =>
        {
            var x = inputs[0]!;
            var starts = Numbers(site, inputs, "starts", 1) ?? throw site.Error("starts is missing");
            var ends = Numbers(site, inputs, "ends", 2) ?? throw site.Error("ends is missing");
            var axes = Numbers(site, inputs, "axes", 3) ?? [.. Enumerable.Range(0, starts.Length).Select(i => (long)i)];
            var steps = Numbers(site, inputs, "steps", 4) ?? [.. Enumerable.Repeat(1L, starts.Length)];
            if (ends.Length != starts.Length || axes.Length != starts.Length || steps.Length != starts.Length)
            {
                throw site.Error(
                    $"there are {starts.Length} starts, {ends.Length} ends, {axes.Length} axes and "
                        + $"{steps.Length} steps; "
                        + "give as many of each"
                );
            }
            for (var i = 0; i < axes.Length; i++)
            {
                x = steps[i] != 0 ? Cut(x, axes[i], starts[i], ends[i], steps[i]) : throw site.Error("a step is 0");
            }
            return x;
        };

    private static Tensor Cut(Tensor x, long axis, long start, long end, long step)
    {
        var d = axis < 0 ? axis + x.dim() : axis;
        var range = SliceRange.Of(x.shape[d], start, end, step);
        if (range.Count == 0)
        {
            return x.narrow(d, 0, 0);
        }
        var last = range.Start + ((range.Count - 1) * step);
        // libtorch only steps forward.
        return step > 0
            ? x.slice(d, range.Start, last + 1, step)
            : x.slice(d, last, range.Start + 1, range.Count == 1 ? 1 : -step).flip(d);
    }

    private static long[]? Numbers(OperationSite site, Tensor?[] inputs, string name, int input) =>
        site.Operation.Attributes.ContainsKey(name) ? [.. site.Operation.Ints(name)]
        : input < inputs.Length && inputs[input] is { } given ? TorchTypes.Numbers(given)
        : null;

    private static Func<Tensor?[], Tensor> Compress(OperationSite site)
    {
        var flat = !site.Operation.Attributes.ContainsKey("axis");
        var axis = site.Operation.Int("axis", 0);
        return inputs =>
        {
            var x = flat ? inputs[0]!.flatten() : inputs[0]!;
            var kept = inputs[1]!.nonzero().flatten();
            return Places.Take(x, axis, Places.Checked(site, kept, x.shape[axis < 0 ? axis + x.dim() : axis]));
        };
    }

    private static Func<Tensor?[], Tensor> Trilu(OperationSite site)
    {
        var upper = site.Operation.Int("upper", 1) != 0;
        return inputs =>
        {
            var k = inputs.Length > 1 && inputs[1] is { } given ? TorchTypes.Numbers(given)[0] : 0;
            return upper ? inputs[0]!.triu(k) : inputs[0]!.tril(k);
        };
    }
}
