using TorchSharp;

namespace Neptune.Torch;

/// <summary>
/// Parts along <c>axis</c>: of the lengths given, else of equal length, of which the last may be shorter.
/// </summary>
internal sealed class SplitKernel : IOperationKernel
{
    public string Type => "Split";

    public PreparedOperation Prepare(OperationSite site)
    {
        site.RequireInputs(1, 2);
        return new Prepared(site, site.Operation.Int("axis", 0));
    }

    private sealed class Prepared(OperationSite site, long axis) : SeveralOutputs(site)
    {
        private readonly long[]? _lengths = site.Operation.Attributes.ContainsKey("split")
            ? [.. site.Operation.Ints("split")]
            : null;

        public override void ForwardAll(torch.Tensor?[] inputs, torch.Tensor?[] outputs, RunContext run)
        {
            var x = inputs[0]!;
            var d = axis < 0 ? axis + x.dim() : axis;
            var given = inputs.Length > 1 && inputs[1] is { } split ? TorchTypes.Numbers(split) : _lengths;
            var lengths = given ?? Equal(x.shape[d], outputs.Length);
            if (lengths.Length != outputs.Length || lengths.Any(n => n < 0) || lengths.Sum() != x.shape[d])
            {
                throw Site.Error(
                    $"({string.Join(", ", lengths)}) does not split a length of {x.shape[d]} into "
                        + $"{outputs.Length} outputs"
                );
            }
            var start = 0L;
            for (var i = 0; i < outputs.Length; i++)
            {
                outputs[i] = x.narrow(d, start, lengths[i]);
                start += lengths[i];
            }
        }

        private static long[] Equal(long length, int parts)
        {
            var part = (length + parts - 1) / parts;
            return [.. Enumerable.Repeat(part, parts - 1), length - (part * (parts - 1))];
        }
    }
}
