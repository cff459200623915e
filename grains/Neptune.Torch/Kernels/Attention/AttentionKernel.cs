using TorchSharp;

namespace Neptune.Torch;

// N samples, S queries, T keys, H heads, E a head's width

/// <summary>softmax(scale Q K' + mask) V for each head, by matrix products that libtorch differentiates.</summary>
internal sealed class AttentionKernel : IOperationKernel
{
    public string Type => "Attention";

    public PreparedOperation Prepare(OperationSite site)
    {
        site.RequireInputs(3, 7);
        return new Prepared(site);
    }

    private sealed class Prepared(OperationSite site) : SeveralOutputs(site)
    {
        private readonly bool _isCausal = site.Operation.Int("is_causal", 0) != 0;
        private readonly long _scores = site.Operation.Int("qk_matmul_output_mode", 0);
        private readonly float _softcap = site.Operation.Float("softcap", 0);

        public override void ForwardAll(torch.Tensor?[] inputs, torch.Tensor?[] outputs, RunContext run)
        {
            var isFlat = inputs[0]!.dim() == 3;
            var q_NHSE = Heads(inputs[0]!, "q_num_heads");
            var k_NHTE = Joined(At(inputs, 4), Heads(inputs[1]!, "kv_num_heads"));
            var v_NHTE = Joined(At(inputs, 5), Heads(inputs[2]!, "kv_num_heads"));
            if (Wants(1))
            {
                outputs[1] = k_NHTE.alias();
            }
            if (Wants(2))
            {
                outputs[2] = v_NHTE.alias();
            }
            var group = q_NHSE.size(1) / k_NHTE.size(1);
            // Half of the scale on each side keeps products small.
            var factor = Math.Sqrt(Operation.Float("scale", (float)(1 / Math.Sqrt(q_NHSE.size(3)))));
            var raw = MatrixProduct.Of(
                Site,
                q_NHSE.mul(Scalars.Of(factor)),
                Repeated(k_NHTE, group).mul(Scalars.Of(factor)).transpose(2, 3)
            );
            var past = At(inputs, 4)?.size(2) ?? 0;
            var masked = Masked(raw, At(inputs, 3), At(inputs, 6), past);
            var capped = _softcap > 0 ? masked.div(Scalars.Of(_softcap)).tanh().mul(Scalars.Of(_softcap)) : masked;
            var weights = torch.nn.functional.softmax(Wide(capped), -1).to_type(raw.dtype);
            var y_NHSE = MatrixProduct.Of(Site, weights, Repeated(v_NHTE, group));
            outputs[0] = isFlat ? y_NHSE.transpose(1, 2).flatten(2, 3) : y_NHSE;
            if (Wants(3))
            {
                outputs[3] = (
                    _scores switch
                    {
                        0 => raw,
                        1 => masked,
                        2 => capped,
                        _ => weights,
                    }
                ).alias();
            }
        }

        private static torch.Tensor? At(torch.Tensor?[] inputs, int input) =>
            input < inputs.Length ? inputs[input] : null;

        private torch.Tensor Heads(torch.Tensor x, string attribute)
        {
            if (x.dim() == 4)
            {
                return x;
            }
            var heads = Operation.Int(attribute, 1);
            return x.reshape(x.size(0), x.size(1), heads, x.size(2) / heads).transpose(1, 2);
        }

        private static torch.Tensor Joined(torch.Tensor? past, torch.Tensor now) =>
            past is null ? now : torch.cat([past, now], 2);

        // Each head of keys and values serves a group of the queries' heads.
        private static torch.Tensor Repeated(torch.Tensor x, long group) =>
            group == 1 ? x : x.unsqueeze(2).expand(x.size(0), x.size(1), group, x.size(2), x.size(3)).flatten(1, 2);

        private static torch.Tensor Wide(torch.Tensor x) =>
            x.dtype is torch.ScalarType.Float16 or torch.ScalarType.BFloat16 ? x.to_type(torch.ScalarType.Float32) : x;

        private torch.Tensor Masked(torch.Tensor scores, torch.Tensor? mask, torch.Tensor? lengths, long past)
        {
            var (queries, keys) = (scores.size(2), scores.size(3));
            if (mask is not null)
            {
                scores =
                    mask.dtype == torch.ScalarType.Bool
                        ? Hide(scores, Padded(mask, keys, 0).logical_not())
                        : scores.add(Padded(mask, keys, double.NegativeInfinity), Scalars.One);
            }
            var columns = Places.Counting(keys, scores.device);
            if (lengths is not null)
            {
                scores = Hide(scores, columns.ge(lengths.reshape(-1, 1, 1, 1)));
            }
            if (_isCausal)
            {
                var rows = Places.Counting(queries, scores.device).unsqueeze(1);
                scores = Hide(scores, columns.gt(rows.add(Scalars.Of(past), Scalars.One)));
            }
            return scores;
        }

        private static torch.Tensor Hide(torch.Tensor scores, torch.Tensor hidden) =>
            scores.masked_fill(hidden, Scalars.Of(double.NegativeInfinity));

        // What a short mask does not reach is hidden.
        private static torch.Tensor Padded(torch.Tensor mask, long keys, double value)
        {
            var missing = keys - mask.size(-1);
            return missing <= 0 || mask.size(-1) == 1
                ? mask
                : torch.nn.functional.pad(mask, [0, missing], PaddingModes.Constant, value);
        }
    }
}
