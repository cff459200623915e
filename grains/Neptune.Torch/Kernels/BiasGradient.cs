using TorchSharp;

namespace Neptune.Torch;

/// <summary>The gradient of a bias: the sum over all rows of the output's gradient.</summary>
internal static class BiasGradient
{
    public static void Write(torch.Tensor gradient, torch.Tensor bias, bool accumulate, float factor = 1)
    {
        if (gradient.device_type == DeviceType.CPU && factor == 1)
        {
            using var contiguous = gradient.is_contiguous() ? null : gradient.contiguous();
            SpanMath.SumRows(TensorMemory.Floats(contiguous ?? gradient), TensorMemory.Floats(bias), accumulate);
            return;
        }
        using var rows = gradient.reshape(-1, bias.shape[0]);
        using var sum = rows.sum([0L]);
        sum.mul_(Scalars.Of(factor));
        _ = accumulate ? bias.add_(sum, Scalars.One) : bias.copy_(sum);
    }
}
