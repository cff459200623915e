using System.Collections.Immutable;
using System.Text.Json;
using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>The activations of recurrent layers, by ONNX's names for them.</summary>
internal static class KerasRecurrentActivations
{
    /// <summary>The operator's settings for a layer's <c>activation</c> and <c>recurrent_activation</c>.</summary>
    public static ImmutableArray<(string, AttributeValue)> Of(KerasScope scope, string type)
    {
        var gates = scope.Config.Find("recurrent_activation");
        var states = scope.Config.Find("activation");
        var (gate, state) = (Named(scope, gates), Named(scope, states));
        Activation[] all = type switch
        {
            "LSTM" => [gate, state, state],
            "GRU" => [gate, state],
            _ => [state],
        };
        var settings = ImmutableArray.CreateBuilder<(string, AttributeValue)>();
        settings.Add(("activations", new AttributeValue.Texts([.. all.Select(a => a.Name)])));
        var alphas = all.Where(a => a.Alpha is not null).Select(a => a.Alpha!.Value).ToImmutableArray();
        var betas = all.Where(a => a.Beta is not null).Select(a => a.Beta!.Value).ToImmutableArray();
        if (alphas.Length > 0)
        {
            settings.Add(("activation_alpha", new AttributeValue.Floats(alphas)));
        }
        if (betas.Length > 0)
        {
            settings.Add(("activation_beta", new AttributeValue.Floats(betas)));
        }
        return settings.ToImmutable();
    }

    private readonly record struct Activation(string Name, float? Alpha = null, float? Beta = null);

    private static Activation Named(KerasScope scope, JsonElement? setting)
    {
        var name = setting is null ? "linear" : KerasActivations.NameOf(scope, setting.Value);
        return name switch
        {
            "tanh" => new("Tanh"),
            "sigmoid" => new("Sigmoid"),
            "relu" => new("Relu"),
            "softsign" => new("Softsign"),
            "softplus" => new("Softplus"),
            "elu" => new("Elu", 1),
            "linear" => new("Affine", 1, 0),
            "leaky_relu" => new("LeakyRelu", 0.2f),
            "hard_sigmoid" => scope.IsKeras3 ? new("HardSigmoid", 1 / 6f, 0.5f) : new("HardSigmoid", 0.2f, 0.5f),
            _ => throw scope.Refused($"the activation {name} of a recurrent layer is not known"),
        };
    }
}
