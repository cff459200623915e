using TorchSharp;

namespace Neptune.Torch;

/// <summary>An operation that only reads the same elements in another shape.</summary>
internal abstract class ReshapingOperation(OperationSite site) : PreparedOperation(site)
{
    private long[] _inputShape = [];

    public sealed override bool HasBackward => true;

    public sealed override torch.Tensor Forward(torch.Tensor?[] inputs, RunContext run)
    {
        _inputShape = inputs[0]!.shape;
        return inputs[0]!.reshape(Reshape(_inputShape));
    }

    public sealed override void Backward(BackwardCall call)
    {
        if (call.WantsValue(0))
        {
            call.Give(0, call.OutputGradient.reshape(_inputShape), call.OwnsOutputGradient);
        }
    }

    protected abstract long[] Reshape(long[] shape);
}
