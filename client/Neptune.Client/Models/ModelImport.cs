using Neptune.Contracts;
using Neptune.Formats;

namespace Neptune.Client;

/// <summary>A model of another framework that is in the registry now.</summary>
/// <param name="Version">The registry's version.</param>
/// <param name="Model">What the file held.</param>
public sealed record ModelImport(ModelVersion Version, ImportedModel Model);
