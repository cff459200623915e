namespace Neptune.Contracts;

/// <summary>A file that lies in the artifact store.</summary>
/// <param name="Split">The split it belongs to, such as <c>train</c>.</param>
/// <param name="Label">The class's name; empty where the file says it itself.</param>
/// <param name="Name">The file's name: errors name it.</param>
/// <param name="Artifact">The SHA-256 of its bytes, in hex.</param>
[GenerateSerializer, Immutable, Alias("neptune.uploaded-file")]
public sealed record UploadedFile(
    [property: Id(0)] string Split,
    [property: Id(1)] string Label,
    [property: Id(2)] string Name,
    [property: Id(3)] string Artifact
);
