using Neptune.Contracts;
using Neptune.ModelGraph;

namespace Neptune.Client;

/// <summary>A model that was folded for inference.</summary>
/// <param name="Package">What answers; <see cref="ModelClient.RegisterAsync"/> puts it into the registry.</param>
/// <param name="Result">What was folded, and how far the answers are apart.</param>
public sealed record OptimizedModel(InferencePackage Package, OptimizationResult Result)
{
    /// <summary>What passes where nothing else is said: rounding of float32 over some hundred layers.</summary>
    public const double DefaultTolerance = 1e-4;
}
