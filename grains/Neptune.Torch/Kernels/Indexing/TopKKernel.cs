using TorchSharp;

namespace Neptune.Torch;

/// <summary>The greatest or least elements along an axis, and their places; of equal ones the first.</summary>
internal sealed class TopKKernel : IOperationKernel
{
    public string Type => "TopK";

    public PreparedOperation Prepare(OperationSite site)
    {
        site.RequireInputs(1, 2);
        return new Prepared(site, site.Operation.Int("axis", -1), site.Operation.Int("largest", 1) != 0);
    }

    private sealed class Prepared(OperationSite site, long axis, bool largest) : SeveralOutputs(site)
    {
        public override void ForwardAll(torch.Tensor?[] inputs, torch.Tensor?[] outputs, RunContext run)
        {
            var x = inputs[0]!;
            var d = (int)(axis < 0 ? axis + x.dim() : axis);
            var count =
                inputs.Length > 1 && inputs[1] is { } given ? TorchTypes.Numbers(given)[0] : Site.Operation.Int("k", 0);
            if (count < 0 || count > x.size(d))
            {
                throw Site.Error($"K is {count}, and there are {x.size(d)} elements along axis {axis}");
            }
            // libtorch's own topk does not say which of equal elements it takes.
            var (_, places) = x.detach().sort(d, descending: largest, stable: true);
            var chosen = places.narrow(d, 0, count);
            outputs[0] = Places.TakeElements(x, d, chosen);
            if (Wants(1))
            {
                outputs[1] = chosen;
            }
        }
    }
}
