namespace Neptune.ModelGraph;

/// <summary>An entry of a package file, as its manifest declares it.</summary>
/// <param name="Name">The entry's name in the zip file.</param>
/// <param name="LengthBytes">Its length.</param>
/// <param name="Sha256">The SHA-256 of its bytes, in lower-case hex.</param>
public sealed record PackageEntry(string Name, long LengthBytes, string Sha256);
