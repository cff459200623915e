namespace Neptune.Formats;

/// <summary>The beginning of an HDF5 file.</summary>
internal static class Hdf5Superblock
{
    /// <summary>The first bytes of every HDF5 file, but for a user's block before them.</summary>
    public static ReadOnlySpan<byte> Signature => [0x89, (byte)'H', (byte)'D', (byte)'F', 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>Sets the input's base and sizes.</summary>
    /// <returns>The address of the root group's header.</returns>
    /// <exception cref="ModelFileException">It is no HDF5 file.</exception>
    public static long Read(Hdf5Input input)
    {
        var start = Find(input);
        var cursor = new Hdf5Cursor(input, input.ReadUpTo(start, 128));
        cursor.Skip(8);
        var version = cursor.Byte();
        if (version > 3)
        {
            throw input.Unknown($"it is of superblock version {version}", "Save it with h5py's default settings.");
        }
        cursor.Skip(version < 2 ? 4 : 0);
        var (offset, length) = (cursor.Byte(), cursor.Byte());
        if (offset is not (2 or 4 or 8) || length is not (2 or 4 or 8))
        {
            throw input.Damaged($"addresses have {offset} bytes and lengths {length}");
        }
        input.Sizes = (offset, length);
        if (version >= 2)
        {
            cursor.Skip(1);
            SetBase(input, start, cursor.Address());
            _ = cursor.Address();
            _ = cursor.Address();
            return cursor.Address();
        }
        cursor.Skip(1 + 2 + 2 + 4 + (version == 1 ? 4 : 0));
        SetBase(input, start, cursor.Address());
        _ = cursor.Address();
        _ = cursor.Address();
        _ = cursor.Address();
        _ = cursor.Address(); // the root's name in its symbol table entry
        return cursor.Address();
    }

    private static long Find(Hdf5Input input)
    {
        for (var at = 0L; at <= input.Length - 8; at = at == 0 ? 512 : at * 2)
        {
            if (input.Read(at, 8).AsSpan().SequenceEqual(Signature))
            {
                return at;
            }
        }
        throw input.Damaged("its signature is missing");
    }

    private static void SetBase(Hdf5Input input, long start, long written)
    {
        if (written != 0 && written != start)
        {
            throw input.Damaged($"its addresses count from {written}, and it begins at {start}");
        }
        input.Base = written;
    }
}
