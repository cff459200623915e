namespace Neptune.ModelGraph;

/// <summary>An entry of a zip file.</summary>
/// <param name="Name">ASCII.</param>
/// <param name="Length">The content's length in bytes.</param>
/// <param name="Crc">The content's CRC-32.</param>
/// <param name="Offset">Where the local header begins.</param>
internal sealed record ZipEntry(string Name, long Length, uint Crc, long Offset);
