using Neptune.ModelGraph;
using TorchSharp;

namespace Neptune.Torch;

/// <summary>The functions f, g and h of recurrent layers, by ONNX's names for them.</summary>
internal static class RecurrentActivations
{
    private static readonly string[] Known =
    [
        "Affine",
        "Elu",
        "HardSigmoid",
        "LeakyRelu",
        "Relu",
        "ScaledTanh",
        "Sigmoid",
        "Softplus",
        "Softsign",
        "Tanh",
        "ThresholdedRelu",
    ];

    private static readonly string[] TakeAlpha =
    [
        "Affine",
        "Elu",
        "HardSigmoid",
        "LeakyRelu",
        "ScaledTanh",
        "ThresholdedRelu",
    ];

    private static readonly string[] TakeBeta = ["Affine", "HardSigmoid", "ScaledTanh"];

    /// <summary>The functions of each direction.</summary>
    public static Func<torch.Tensor, torch.Tensor>[][] Of(OperationSite site, int count, int directions)
    {
        var given = site.Operation.Texts("activations");
        string[] usual =
            count == 1 ? ["Tanh"]
            : count == 2 ? ["Sigmoid", "Tanh"]
            : ["Sigmoid", "Tanh", "Tanh"];
        string[] names = given.IsEmpty ? [.. Enumerable.Repeat(usual, directions).SelectMany(n => n)] : [.. given];
        if (names.Length != count * directions)
        {
            throw site.Error($"activations has {names.Length} names, and must have {count} for each direction");
        }
        // Each function that takes a number takes the next.
        var alphas = new Queue<float>(site.Operation.Floats("activation_alpha"));
        var betas = new Queue<float>(site.Operation.Floats("activation_beta"));
        return [.. names.Select(name => Named(site, name, alphas, betas)).Chunk(count)];
    }

    private static Func<torch.Tensor, torch.Tensor> Named(
        OperationSite site,
        string given,
        Queue<float> alphas,
        Queue<float> betas
    )
    {
        var name =
            Known.FirstOrDefault(known => known.Equals(given, StringComparison.OrdinalIgnoreCase))
            ?? throw site.Error($"activation {given} is not known. {NearestNames.Offer(given, Known).TrimEnd('.')}");
        float? alpha = TakeAlpha.Contains(name) && alphas.TryDequeue(out var a) ? a : null;
        float? beta = TakeBeta.Contains(name) && betas.TryDequeue(out var b) ? b : null;
        return name switch
        {
            "Affine" => x => x.mul(Scalars.Of(alpha ?? 1)).add(Scalars.Of(beta ?? 0), Scalars.One),
            "Elu" => x => torch.nn.functional.elu(x, alpha ?? 1),
            "HardSigmoid" => x =>
                x.mul(Scalars.Of(alpha ?? 0.2f))
                    .add(Scalars.Of(beta ?? 0.5f), Scalars.One)
                    .clamp(Scalars.Of(0), Scalars.One),
            "LeakyRelu" => x => x.leaky_relu(Scalars.Of(alpha ?? 0.01f)),
            "Relu" => x => x.relu(),
            "ScaledTanh" => x => x.mul(Scalars.Of(beta ?? 1)).tanh().mul(Scalars.Of(alpha ?? 1)),
            "Sigmoid" => x => x.sigmoid(),
            "Softplus" => x => torch.nn.functional.softplus(x),
            "Softsign" => x => x.div(x.abs().add(Scalars.One, Scalars.One)),
            "ThresholdedRelu" => x => x.masked_fill(x.le(Scalars.Of(alpha ?? 1)), Scalars.Of(0)),
            _ => x => x.tanh(),
        };
    }
}
