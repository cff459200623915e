namespace Neptune.ModelGraph;

/// <summary>What goes into an entry of a package, with its hashes from a first pass.</summary>
internal sealed class PackageContent
{
    public PackageContent(string name, Action<Stream> write)
    {
        using var hashing = new HashingStream();
        write(hashing);
        (Name, Write, Length, Crc, Sha256) = (name, write, hashing.Length, hashing.Crc, hashing.Sha256());
    }

    public string Name { get; }

    public Action<Stream> Write { get; }

    public long Length { get; }

    public uint Crc { get; }

    public string Sha256 { get; }
}
