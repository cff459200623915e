using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using F = TorchSharp.torch.nn.functional;

namespace Neptune.Benchmarks;

/// <summary>A small residual net as one writes it in TorchSharp.</summary>
internal sealed class PlainResNet : Module<Tensor, Tensor>
{
    private readonly Module<Tensor, Tensor> conv1 = Conv2d(1, 16, 3, padding: 1, bias: false);
    private readonly Module<Tensor, Tensor> bn1 = BatchNorm2d(16);
    private readonly Module<Tensor, Tensor> layer1 = new Block(16, 16, 1);
    private readonly Module<Tensor, Tensor> layer2 = new Block(16, 32, 2);
    private readonly Module<Tensor, Tensor> layer3 = new Block(32, 64, 2);
    private readonly Module<Tensor, Tensor> fc = Linear(64, 10);

    public PlainResNet()
        : base("resnet") => RegisterComponents();

    public override Tensor forward(Tensor x)
    {
        x = F.relu(bn1.forward(conv1.forward(x)));
        x = layer3.forward(layer2.forward(layer1.forward(x)));
        return fc.forward(F.adaptive_avg_pool2d(x, 1).flatten(1));
    }

    private sealed class Block : Module<Tensor, Tensor>
    {
        private readonly Module<Tensor, Tensor> conv1;
        private readonly Module<Tensor, Tensor> bn1;
        private readonly Module<Tensor, Tensor> conv2;
        private readonly Module<Tensor, Tensor> bn2;
        private readonly Module<Tensor, Tensor> downsample;

        public Block(long channels, long filters, long stride)
            : base("block")
        {
            conv1 = Conv2d(channels, filters, 3, stride: stride, padding: 1, bias: false);
            bn1 = BatchNorm2d(filters);
            conv2 = Conv2d(filters, filters, 3, padding: 1, bias: false);
            bn2 = BatchNorm2d(filters);
            downsample =
                stride == 1
                    ? Identity()
                    : Sequential(Conv2d(channels, filters, 1, stride: stride, bias: false), BatchNorm2d(filters));
            RegisterComponents();
        }

        public override Tensor forward(Tensor x)
        {
            var y = bn2.forward(conv2.forward(F.relu(bn1.forward(conv1.forward(x)))));
            return F.relu(y + downsample.forward(x));
        }
    }
}
