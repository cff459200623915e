namespace Neptune.Data;

/// <summary>Reads streams that may be longer than one wants to hold.</summary>
internal static class BoundedRead
{
    /// <summary>All bytes of a stream, at most <paramref name="max"/>.</summary>
    public static ReadOnlyMemory<byte> ToEnd(Stream stream, int max, Func<DatasetException> tooLarge)
    {
        using var memory = new MemoryStream();
        var buffer = new byte[81920];
        int read;
        while ((read = stream.Read(buffer)) > 0)
        {
            if (memory.Length + read > max)
                throw tooLarge();
            memory.Write(buffer, 0, read);
        }
        return memory.GetBuffer().AsMemory(0, (int)memory.Length);
    }

    /// <inheritdoc cref="ToEnd"/>
    public static async Task<ReadOnlyMemory<byte>> ToEndAsync(
        Stream stream,
        int max,
        Func<DatasetException> tooLarge,
        CancellationToken cancellation
    )
    {
        using var memory = new MemoryStream();
        var buffer = new byte[81920];
        int read;
        while ((read = await stream.ReadAsync(buffer, cancellation).ConfigureAwait(false)) > 0)
        {
            if (memory.Length + read > max)
                throw tooLarge();
            memory.Write(buffer, 0, read);
        }
        return memory.GetBuffer().AsMemory(0, (int)memory.Length);
    }
}
