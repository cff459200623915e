using Neptune.ModelGraph;
using TorchSharp;

namespace Neptune.Torch;

/// <summary>A value that belongs to the graph.</summary>
internal sealed class ConstantKernel : IOperationKernel
{
    public string Type => "Constant";

    public PreparedOperation Prepare(OperationSite site)
    {
        site.RequireInputs(0, 0);
        try
        {
            return new Prepared(site, ConstantValue.Of(site.Operation));
        }
        catch (FormatException problem)
        {
            throw site.Error(problem.Message.TrimEnd('.'));
        }
    }

    private sealed class Prepared(OperationSite site, TensorValue value) : PreparedOperation(site)
    {
        private readonly torch.Tensor _value = TorchTypes.ToTensor(value, site.Device.Native).DetachFromDisposeScope();

        public override torch.Tensor Forward(torch.Tensor?[] inputs, RunContext run) => _value.alias();

        public override void Free() => _value.Dispose();
    }
}
