using Neptune.ModelGraph;
using TorchSharp;

namespace Neptune.Torch;

/// <summary>
/// Puts elements where their numbers say, in an output that kernel, strides and pads give; zeros elsewhere.
/// </summary>
internal sealed class MaxUnpoolKernel : IOperationKernel
{
    public string Type => "MaxUnpool";

    public PreparedOperation Prepare(OperationSite site)
    {
        site.RequireInputs(2, 3);
        return new Prepared(site);
    }

    private sealed class Prepared(OperationSite site) : PreparedOperation(site)
    {
        public override torch.Tensor Forward(torch.Tensor?[] inputs, RunContext run)
        {
            var (x, places) = (inputs[0]!, inputs[1]!);
            var lengths = Lengths(x.shape);
            var total = lengths.Aggregate(1L, (product, length) => product * length);
            if (places.NumberOfElements > 0 && (places.min().item<long>() < 0 || places.max().item<long>() >= total))
            {
                throw Site.Error(
                    $"I has numbers outside 0..{total - 1}, the elements of ({string.Join(", ", lengths)})"
                );
            }
            var y = torch
                .zeros([total], dtype: x.dtype, device: x.device)
                .scatter(0, places.reshape(-1), x.reshape(-1))
                .reshape(lengths);
            if (!Site.Has(2))
            {
                return y;
            }
            var wanted = TorchTypes.Numbers(inputs[2]!);
            if (wanted.Length != lengths.Length)
            {
                throw Site.Error($"output_shape has {wanted.Length} numbers, and X has {lengths.Length} dimensions");
            }
            return torch.nn.functional.pad(
                y,
                [.. wanted.Zip(lengths, (want, have) => want - have).Reverse().SelectMany(more => (long[])[0, more])],
                PaddingModes.Constant,
                0
            );
        }

        private long[] Lengths(long[] shape)
        {
            var rank = shape.Length - 2;
            var (kernel, pads, strides) = (
                Operation.Ints("kernel_shape"),
                Operation.Ints("pads"),
                Operation.Ints("strides")
            );
            return
            [
                shape[0],
                shape[1],
                .. Enumerable
                    .Range(0, rank)
                    .Select(a =>
                        ((shape[a + 2] - 1) * (strides.IsEmpty ? 1 : strides[a]))
                        + kernel[a]
                        - (pads.IsEmpty ? 0 : pads[a] + pads[a + rank])
                    ),
            ];
        }
    }
}
