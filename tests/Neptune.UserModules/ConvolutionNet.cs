using Neptune.Torch;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Neptune.UserModules;

/// <summary>Convolutions with the awkward numbers of channels that users choose.</summary>
[NeptuneModule("convolution-net", "1.0")]
public sealed class ConvolutionNet : Module<Tensor, Tensor>
{
    private readonly Conv2d _first = Conv2d(1, 6, 3, padding: 1);
    private readonly Conv2d _second = Conv2d(6, 10, 3, stride: 2);
    private readonly Linear _last = Linear(90, 10);

    /// <summary>Draws its weights.</summary>
    public ConvolutionNet()
        : base(nameof(ConvolutionNet)) => RegisterComponents();

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        var features = functional.relu(_first.forward(input));
        features = functional.dropout(functional.relu(_second.forward(features)), 0.1, training);
        return _last.forward(features.flatten(1));
    }
}
