namespace Neptune.ModelGraph;

/// <summary>Writes the zip file of a package front to back; the target need not be seekable.</summary>
internal sealed class PackageWriter(Stream target)
{
    private readonly List<ZipEntry> _entries = [];
    private long _offset;

    /// <summary>Writes an entry whose length and hash are known from a first pass.</summary>
    public void Add(PackageContent content)
    {
        var entry = new ZipEntry(content.Name, content.Length, content.Crc, _offset);
        var header = ZipLayout.LocalHeader(entry);
        target.Write(header);
        // The first pass has the SHA-256; the checksum is enough to see that nothing moved since.
        using var hashing = new HashingStream(target, crcOnly: true);
        content.Write(hashing);
        if (hashing.Length != content.Length || hashing.Crc != content.Crc)
        {
            throw new PackageException(
                $"Entry {content.Name} changed while it was written. Write the package when nothing changes its tensors."
            );
        }
        _entries.Add(entry);
        _offset += header.Length + content.Length;
    }

    public void Finish() => target.Write(ZipLayout.Tail(_entries, _offset));
}
