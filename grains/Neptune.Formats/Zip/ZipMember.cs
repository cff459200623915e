namespace Neptune.Formats;

/// <summary>A member of a zip file, as its directory describes it.</summary>
/// <param name="Name">Its name; never used as a path.</param>
/// <param name="IsDeflated">False where its bytes are stored as they are.</param>
/// <param name="Crc">The CRC-32 of its content.</param>
/// <param name="PackedLength">Bytes in the file.</param>
/// <param name="Length">Bytes of its content.</param>
/// <param name="Offset">Where its header begins.</param>
internal sealed record ZipMember(string Name, bool IsDeflated, uint Crc, long PackedLength, long Length, long Offset);
