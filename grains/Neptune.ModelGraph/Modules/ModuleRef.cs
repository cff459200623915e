namespace Neptune.ModelGraph;

/// <summary>
/// A user's module as a graph names it. Two assemblies of one name and version are told apart by their bytes: the version number
/// may have been forgotten.
/// </summary>
/// <param name="Name">The name that it is registered by.</param>
/// <param name="Version">Its version, as its author gives it.</param>
/// <param name="Sha256">The SHA-256 of its assembly in lower-case hex.</param>
public sealed record ModuleRef(string Name, string Version, string Sha256)
{
    /// <summary>The modules that a graph runs, each once, by name.</summary>
    public static IReadOnlyList<ModuleRef> In(Graph graph) =>
        [
            .. graph
                .Operations.Where(operation => operation.Type == ModuleOperation.Type)
                .Select(operation => ModuleOperation.Of(operation).Module)
                .Distinct()
                .OrderBy(module => module.Name, StringComparer.Ordinal)
                .ThenBy(module => module.Version, StringComparer.Ordinal)
                .ThenBy(module => module.Sha256, StringComparer.Ordinal),
        ];

    /// <summary><c>my-net 1.2 (3f9c02ab17de)</c>.</summary>
    public override string ToString() => $"{Name} {Version} ({Sha256[..Math.Min(12, Sha256.Length)]})";
}
