using System.Text.Json;
using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>Activation functions by their names.</summary>
internal static class KerasActivations
{
    private const float LeakySlope = 0.2f; // of the function; the layer's own is another

    /// <summary>The value after the activation that a setting names; null is none.</summary>
    /// <exception cref="KerasRefusedException">It is not known.</exception>
    public static KerasValue Apply(KerasScope scope, KerasValue value, JsonElement? setting)
    {
        if (setting is not { } given)
        {
            return value;
        }
        // A layer may be given as an activation.
        if (KerasTopology.TextOf(given, "class_name") is { } type && type != "function" && !IsLowerCase(type))
        {
            return OfLayer(scope, value, given);
        }
        return Apply(scope, value, NameOf(scope, given));
    }

    /// <summary>The name of the function that a setting names, in Keras 3's spelling.</summary>
    public static string NameOf(KerasScope scope, JsonElement setting)
    {
        var name =
            setting.ValueKind == JsonValueKind.String ? setting.GetString()!
            : KerasTopology.TextOf(setting, "class_name") is { } type ? KerasTopology.TextOf(setting, "config") ?? type
            : throw scope.Config.Error($"activation is {KerasConfig.Show(setting)}, and must be a name");
        if (
            KerasTopology.TextOf(setting, "registered_name") is { } registered
            && registered.Contains('>', StringComparison.Ordinal)
        )
        {
            throw scope.Refused($"the activation {registered} is the user's own");
        }
        return name switch
        {
            "swish" => "silu",
            "hard_swish" => "hard_silu",
            _ => name,
        };
    }

    private static KerasValue Apply(KerasScope scope, KerasValue value, string name)
    {
        switch (name)
        {
            case "linear":
                return value;
            case "relu":
                return Of("Relu");
            case "relu6":
                return Of("Clip", ("min", 0f), ("max", 6f));
            case "leaky_relu":
                return Of("LeakyRelu", ("alpha", LeakySlope));
            case "elu":
                return Of("Elu", ("alpha", 1f));
            case "celu":
                return Of("Celu", ("alpha", 1f));
            case "selu":
                return Of("Selu");
            case "gelu":
                return Of("Gelu");
            case "silu":
                return Of("Swish");
            case "hard_silu":
                return Of("HardSwish");
            case "mish":
                return Of("Mish");
            case "tanh":
                return Of("Tanh");
            case "sigmoid":
                return Of("Sigmoid");
            case "hard_sigmoid":
                return Of("HardSigmoid", ("alpha", scope.IsKeras3 ? 1 / 6f : 0.2f), ("beta", 0.5f));
            case "hard_tanh":
                return Of("Clip", ("min", -1f), ("max", 1f));
            case "softplus":
                return Of("Softplus");
            case "softsign":
                return Of("Softsign");
            case "exponential":
                return Of("Exp");
            case "log_sigmoid":
                return scope.Unary(scope.Unary(Of("Neg"), "Softplus", "softplus"), "Neg", "log_sigmoid");
            case "softmax":
                return Softmax(scope, value, "Softmax", -1);
            case "log_softmax":
                return Softmax(scope, value, "LogSoftmax", -1);
            default:
                throw scope.Refused($"the activation {name} is not known");
        }

        KerasValue Of(string type, params ReadOnlySpan<(string, AttributeValue)> attributes) =>
            scope.Unary(value, type, scope.Graph.Has(scope.Name) ? name : null, attributes);
    }

    /// <summary>A softmax along an axis of Keras's order.</summary>
    public static KerasValue Softmax(KerasScope scope, KerasValue value, string type, long axis)
    {
        var place = value.AxisMade(scope.Axis(axis, value.Shape.Rank));
        var isLast = place == value.Shape.Rank - 1;
        var suffix = scope.Graph.Has(scope.Name) ? type.ToLowerInvariant() : null;
        return scope.Unary(value, type, suffix, ("axis", isLast ? -1L : place));
    }

    private static KerasValue OfLayer(KerasScope scope, KerasValue value, JsonElement setting)
    {
        var layer = new KerasTopology(scope.Translation.File.Name).ReadLayer(setting);
        var definition = KerasLayers.Find(layer);
        if (
            definition?.Apply is not { } apply
            || !definition.Variables(layer.Config).IsEmpty
            || layer.Model is not null
        )
        {
            throw scope.Refused($"the layer {layer.Class} as an activation is not known");
        }
        var inner = new KerasScope(
            scope.Translation,
            layer,
            $"{scope.Path}/{layer.Name}",
            scope.IsTrainable,
            [value],
            scope.Call,
            scope.Named
        );
        var result = apply(inner)[0];
        KerasCommonSettings.Check(inner);
        return result;
    }

    private static bool IsLowerCase(string name) => name.Length > 0 && char.IsLower(name[0]);
}
