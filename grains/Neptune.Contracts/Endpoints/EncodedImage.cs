namespace Neptune.Contracts;

/// <summary>An image file's bytes.</summary>
/// <param name="Name">Its name: errors name it.</param>
/// <param name="Bytes">The file.</param>
[GenerateSerializer, Immutable, Alias("neptune.encoded-image")]
public sealed record EncodedImage([property: Id(0)] string Name, [property: Id(1)] ReadOnlyMemory<byte> Bytes);
