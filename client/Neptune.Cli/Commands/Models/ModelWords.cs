using Neptune.Contracts;

namespace Neptune.Cli.Commands;

/// <summary>A model's version as JSON.</summary>
internal static class ModelWords
{
    public static object ToJson(ModelVersion version, string name) =>
        new
        {
            @event = name,
            model = version.Package.Model.Value,
            version = version.Package.Version,
            aliases = version.Aliases,
            job = version.Job?.Value,
            data = version.Dataset,
            loss = Numbers.Finite(version.Metrics?.Loss),
            accuracy = Numbers.Finite(version.Metrics?.Accuracy),
            validationLoss = Numbers.Finite(version.Metrics?.ValidationLoss),
            validationAccuracy = Numbers.Finite(version.Metrics?.ValidationAccuracy),
            weightsSha256 = version.Package.WeightsSha256,
            package = version.Package.Path,
            registeredAt = version.RegisteredAt,
        };
}
