using TorchSharp;

namespace Neptune.Torch;

/// <summary>Each sample by its own statistics over the last dimensions, from <c>axis</c> on.</summary>
internal sealed class LayerNormalizationKernel : IOperationKernel
{
    public string Type => "LayerNormalization";

    public PreparedOperation Prepare(OperationSite site)
    {
        site.RequireInputs(2, 3);
        return new Prepared(site);
    }

    private sealed class Prepared(OperationSite site) : SeveralOutputs(site)
    {
        private readonly long _axis = site.Operation.Int("axis", -1);
        private readonly float _epsilon = site.Operation.Float("epsilon", 1e-5f);

        public override void ForwardAll(torch.Tensor?[] inputs, torch.Tensor?[] outputs, RunContext run)
        {
            var (x, scale) = (inputs[0]!, inputs[1]!);
            var bias = inputs.Length > 2 ? inputs[2] : null;
            var axes = LastAxes.From(x, _axis);
            long[] lengths = [.. axes.Select(axis => x.size((int)axis))];
            if (!Wants(1) && !Wants(2) && lengths.SequenceEqual(scale.shape) && SameShape(scale, bias))
            {
                outputs[0] = torch.nn.functional.layer_norm(x, lengths, scale, bias, _epsilon);
                return;
            }
            var wide = LastAxes.Wide(x);
            var mean = wide.mean(axes, keepdim: true);
            var centered = wide.sub(mean);
            var inverse = centered
                .mul(centered)
                .mean(axes, keepdim: true)
                .add(Scalars.Of(_epsilon), Scalars.One)
                .rsqrt();
            var y = centered.mul(inverse).to_type(x.dtype).mul(scale);
            outputs[0] = bias is null ? y : y.add(bias, Scalars.One);
            for (var i = 1; i < outputs.Length; i++)
            {
                outputs[i] = Wants(i)
                    ? (i == 1 ? mean : inverse).to_type(TorchTypes.Of(Site.OutputType(i))).alias()
                    : null;
            }
        }

        private static bool SameShape(torch.Tensor scale, torch.Tensor? bias) =>
            bias is null || bias.shape.AsSpan().SequenceEqual(scale.shape);
    }
}
