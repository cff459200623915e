namespace Neptune.Contracts;

/// <summary>A user's module as nodes have it, and as jobs need it. Only all three together are the same module.</summary>
/// <param name="Name">The name that it is registered by.</param>
/// <param name="Version">Its version, as its author gives it.</param>
/// <param name="Sha256">The SHA-256 of its assembly in lower-case hex.</param>
[GenerateSerializer, Immutable, Alias("neptune.node-module")]
public sealed record NodeModule(
    [property: Id(0)] string Name,
    [property: Id(1)] string Version,
    [property: Id(2)] string Sha256
)
{
    /// <summary><c>my-net 1.2 (3f9c02ab17de)</c>.</summary>
    public override string ToString() => $"{Name} {Version} ({Sha256[..Math.Min(12, Sha256.Length)]})";
}
