using System.IO.Compression;

namespace Neptune.Data;

/// <summary>Reads one of MNIST's files, unpacking it where its first bytes are gzip's.</summary>
internal static class MnistStream
{
    public static async Task<ReadOnlyMemory<byte>> ReadAsync(
        Stream stream,
        string origin,
        CancellationToken cancellation
    )
    {
        var bytes = await BoundedRead
            .ToEndAsync(stream, MnistFiles.MaxBytes, TooLarge, cancellation)
            .ConfigureAwait(false);
        if (bytes.Length < 2 || bytes.Span[0] != 0x1F || bytes.Span[1] != 0x8B)
            return bytes;
        await using var unpacked = new GZipStream(new MemoryStream(bytes.ToArray()), CompressionMode.Decompress);
        try
        {
            return await BoundedRead
                .ToEndAsync(unpacked, MnistFiles.MaxBytes, TooLarge, cancellation)
                .ConfigureAwait(false);
        }
        catch (InvalidDataException e)
        {
            throw new DatasetException($"{origin} is a damaged gzip file.", e);
        }

        DatasetException TooLarge() => new($"{origin} is larger than MNIST's files.");
    }
}
