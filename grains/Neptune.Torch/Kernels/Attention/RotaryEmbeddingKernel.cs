using TorchSharp;

namespace Neptune.Torch;

// N samples, S positions, H heads, E a head's width, P pairs that turn

/// <summary>Turns pairs of each head's first elements by the angles of their position.</summary>
internal sealed class RotaryEmbeddingKernel : IOperationKernel
{
    public string Type => "RotaryEmbedding";

    public PreparedOperation Prepare(OperationSite site)
    {
        site.RequireInputs(3, 4);
        return new Prepared(site);
    }

    private sealed class Prepared(OperationSite site) : PreparedOperation(site)
    {
        private readonly bool _alternates = site.Operation.Int("interleaved", 0) != 0;

        public override torch.Tensor Forward(torch.Tensor?[] inputs, RunContext run)
        {
            var isFlat = inputs[0]!.dim() == 3;
            var x_NSHE = isFlat ? Heads(inputs[0]!) : inputs[0]!.transpose(1, 2);
            var width = x_NSHE.size(3);
            var turned = Operation.Int("rotary_embedding_dim", 0) is > 0 and var given ? given : width;
            var positions = inputs.Length > 3 ? inputs[3] : null;
            var (cosine, sine) = (Angles(inputs[1]!, positions), Angles(inputs[2]!, positions));
            var first = _alternates ? x_NSHE.slice(3, 0, turned, 2) : x_NSHE.narrow(3, 0, turned / 2);
            var second = _alternates ? x_NSHE.slice(3, 1, turned, 2) : x_NSHE.narrow(3, turned / 2, turned / 2);
            var real = cosine.mul(first).sub(sine.mul(second));
            var imaginary = sine.mul(first).add(cosine.mul(second), Scalars.One);
            var pairs = _alternates
                ? torch.stack([real, imaginary], -1).flatten(3, 4)
                : torch.cat([real, imaginary], 3);
            var y_NSHE = turned == width ? pairs : torch.cat([pairs, x_NSHE.narrow(3, turned, width - turned)], 3);
            return isFlat ? y_NSHE.flatten(2, 3) : y_NSHE.transpose(1, 2);
        }

        private torch.Tensor Heads(torch.Tensor x)
        {
            var heads = Operation.Int("num_heads", 1);
            return x.reshape(x.size(0), x.size(1), heads, x.size(2) / heads);
        }

        private static torch.Tensor Angles(torch.Tensor cache, torch.Tensor? positions)
        {
            if (positions is null)
            {
                return cache.unsqueeze(2);
            }
            var rows = cache.index_select(0, positions.to_type(torch.ScalarType.Int64).reshape(-1));
            return rows.reshape(positions.size(0), positions.size(1), 1, cache.size(1));
        }
    }
}
