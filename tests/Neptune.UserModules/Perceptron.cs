using System.Globalization;
using Neptune.Torch;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Neptune.UserModules;

/// <summary>Two dense layers with batch normalization and dropout between them. Settings: hidden, dropout, classes.</summary>
[NeptuneModule("perceptron", "1.0")]
public sealed class Perceptron : Module<Tensor, Tensor>
{
    private readonly Linear _first;
    private readonly BatchNorm1d _norm;
    private readonly Dropout _dropout;
    private readonly Linear _second;

    /// <summary>Reads its settings.</summary>
    public Perceptron(IReadOnlyDictionary<string, string> settings)
        : base(nameof(Perceptron))
    {
        var hidden = int.Parse(settings.GetValueOrDefault("hidden", "32"), CultureInfo.InvariantCulture);
        var dropout = double.Parse(settings.GetValueOrDefault("dropout", "0.25"), CultureInfo.InvariantCulture);
        var classes = int.Parse(settings.GetValueOrDefault("classes", "10"), CultureInfo.InvariantCulture);
        _first = Linear(64, hidden);
        _norm = BatchNorm1d(hidden);
        _dropout = Dropout(dropout);
        _second = Linear(hidden, classes);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        var hidden = _norm.forward(_first.forward(input.flatten(1)));
        return _second.forward(_dropout.forward(functional.relu(hidden)));
    }
}
