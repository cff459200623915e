using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Neptune.Benchmarks;

/// <summary>An MLP with batch normalizations as one writes it in TorchSharp.</summary>
internal sealed class PlainMlp : Module<Tensor, Tensor>
{
    private readonly Module<Tensor, Tensor> layers = Sequential(
        Linear(64, 128),
        BatchNorm1d(128),
        ReLU(),
        Dropout(0.3),
        Linear(128, 64),
        BatchNorm1d(64),
        ReLU(),
        Dropout(0.2),
        Linear(64, 10)
    );

    public PlainMlp()
        : base("mlp") => RegisterComponents();

    public override Tensor forward(Tensor x) => layers.forward(x);
}
