using System.Diagnostics;
using Neptune.Torch;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Neptune.UserModules;

/// <summary>
/// Does wrong in its own ways. Setting: fault, one of constructor, throws, null, shape, type, rows, counts, starts-late, unrepeatable.
/// Those of the batch show up with more than three samples.
/// </summary>
[NeptuneModule("failing", "1.0")]
public sealed class Failing : Module<Tensor, Tensor>
{
    private readonly Linear _layer = Linear(64, 10);
    private readonly Tensor _calls = zeros(1, ScalarType.Int64);
    private readonly Tensor _mean = zeros(10);
    private readonly string _fault;

    /// <summary>Reads its setting.</summary>
    public Failing(IReadOnlyDictionary<string, string> settings)
        : base(nameof(Failing))
    {
        _fault = settings.GetValueOrDefault("fault", "none");
        if (_fault == "constructor")
        {
            throw new ArgumentException("there is no such thing");
        }
        register_buffer("calls", _calls);
        register_buffer("mean", _mean);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        var output = _layer.forward(input.flatten(1));
        var isBatch = input.size(0) > 3;
        switch (_fault)
        {
            case "throws" when isBatch:
                throw new InvalidOperationException("the moon is in the wrong place");
            case "null":
                return null!;
            case "shape" when isBatch:
                return output.narrow(1, 0, 9);
            case "type":
                return output.to_type(ScalarType.Float64);
            case "rows":
                return output.mean([0], keepdim: true);
            case "counts":
                _calls.add_(1);
                break;
            case "unrepeatable" when isBatch:
                return output * (1 + (Stopwatch.GetTimestamp() % 1021 / 1e6f));
            case "starts-late" when isBatch:
                _mean.add_(1);
                break;
        }
        return output;
    }
}
