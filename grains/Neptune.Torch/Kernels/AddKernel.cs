using TorchSharp;

namespace Neptune.Torch;

/// <summary>The sum, with broadcasting.</summary>
internal sealed class AddKernel : IOperationKernel
{
    public string Type => "Add";

    public PreparedOperation Prepare(OperationSite site)
    {
        site.RequireInputs(2, 2);
        return new Prepared(site);
    }

    private sealed class Prepared(OperationSite site) : PreparedOperation(site)
    {
        /// <summary>The usual bias: one value for each column, added to a computed value.</summary>
        public override bool HasBackward { get; } =
            site.ParameterAt(0) is null && site.ParameterAt(1) is { Shape.Rank: 1 } bias && bias.Shape[0].Length > 1;

        public override bool OutputMayBeOverwritten => true;

        public override torch.Tensor Forward(torch.Tensor?[] inputs, RunContext run) =>
            inputs[0]!.add(inputs[1]!, Scalars.One);

        public override void Backward(BackwardCall call)
        {
            if (call.ParameterGradient(1) is { } bias)
            {
                BiasGradient.Write(call.OutputGradient, bias, call.Accumulates(1));
            }
            if (call.WantsValue(0))
            {
                call.Give(0, call.OutputGradient, call.OwnsOutputGradient);
            }
        }
    }
}
