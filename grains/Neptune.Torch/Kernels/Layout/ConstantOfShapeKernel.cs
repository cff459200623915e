using Neptune.ModelGraph;
using TorchSharp;

namespace Neptune.Torch;

/// <summary>One value, as often as the input's lengths say.</summary>
internal sealed class ConstantOfShapeKernel : IOperationKernel
{
    public string Type => "ConstantOfShape";

    public PreparedOperation Prepare(OperationSite site)
    {
        site.RequireInputs(1, 1);
        try
        {
            return new Prepared(
                site,
                site.Operation.Attributes.IsEmpty ? TensorValue.Of(Shape.Of(1), [0]) : ConstantValue.Of(site.Operation)
            );
        }
        catch (FormatException problem)
        {
            throw site.Error(problem.Message.TrimEnd('.'));
        }
    }

    private sealed class Prepared(OperationSite site, TensorValue value) : PreparedOperation(site)
    {
        private readonly torch.Tensor _value = TorchTypes
            .ToTensor(value with { Shape = Shape.Scalar }, site.Device.Native)
            .DetachFromDisposeScope();

        public override torch.Tensor Forward(torch.Tensor?[] inputs, RunContext run) =>
            _value.expand(TorchTypes.Numbers(inputs[0]!));

        public override void Free() => _value.Dispose();
    }
}
