using TorchSharp;

namespace Neptune.Torch;

/// <summary>
/// The different elements or slices, where each came first, which of them each element is, and how often.
/// </summary>
internal sealed class UniqueKernel : IOperationKernel
{
    public string Type => "Unique";

    public PreparedOperation Prepare(OperationSite site)
    {
        site.RequireInputs(1, 1);
        return new Prepared(site, site.Operation.Int("axis", 0), site.Operation.Int("sorted", 1) != 0);
    }

    private sealed class Prepared(OperationSite site, long axis, bool sorted) : SeveralOutputs(site)
    {
        private readonly bool _flat = !site.Operation.Attributes.ContainsKey("axis");

        public override void ForwardAll(torch.Tensor?[] inputs, torch.Tensor?[] outputs, RunContext run)
        {
            var x = _flat ? inputs[0]!.flatten() : inputs[0]!;
            var d = (int)(axis < 0 ? axis + x.dim() : axis);
            var (_, classes, _) = x.detach().unique(sorted: true, return_inverse: true, dim: d);
            var classOf = TorchTypes.Numbers(classes!);
            var (first, count) = Occurrences(classOf);
            var order = Enumerable.Range(0, first.Length).ToArray();
            if (!sorted)
            {
                order = [.. order.OrderBy(c => first[c])];
            }
            var rank = new long[order.Length];
            for (var i = 0; i < order.Length; i++)
            {
                rank[order[i]] = i;
            }
            torch.Tensor Of(IEnumerable<long> numbers) =>
                torch.tensor(numbers.ToArray(), torch.ScalarType.Int64, x.device);
            var firsts = Of(order.Select(c => first[c]));
            outputs[0] = Places.Take(x, d, firsts);
            torch.Tensor[] others = [firsts, Of(classOf.Select(c => rank[c])), Of(order.Select(c => count[c]))];
            for (var i = 1; i < outputs.Length; i++)
            {
                outputs[i] = Wants(i) ? others[i - 1] : null;
            }
        }

        private static (long[] First, long[] Count) Occurrences(long[] classOf)
        {
            var classes = classOf.Length == 0 ? 0 : classOf.Max() + 1;
            var (first, count) = (new long[classes], new long[classes]);
            for (var i = classOf.Length - 1; i >= 0; i--)
            {
                first[classOf[i]] = i;
                count[classOf[i]]++;
            }
            return (first, count);
        }
    }
}
