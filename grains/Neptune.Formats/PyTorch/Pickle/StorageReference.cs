namespace Neptune.Formats;

/// <summary>Reads the tuples by which torch.save refers to storages from within a pickle.</summary>
internal static class StorageReference
{
    /// <summary>The storage that a persistent id means.</summary>
    /// <param name="id">('storage', class, key, device, count), before PyTorch 1.6 with a view behind it.</param>
    /// <param name="error">Makes an error at the place in the file.</param>
    public static PickledStorage Of(object? id, Func<string, ModelFileException> error)
    {
        if (
            id
            is not PickleTuple
            {
                Items: ["storage", PickleGlobal { IsStorage: true } type, string key, string, long count, .. var more]
            }
        )
        {
            throw error("a reference to a storage is not ('storage', class, key, device, count).");
        }
        if (count < 0)
        {
            throw error($"storage {key} has {count} elements.");
        }
        return more switch
        {
            [] or [null] => new(type.Type, key, count),
            // The count is of the storage that is viewed.
            [PickleTuple { Items: [string, long offset, long length] }]
                when offset >= 0 && length >= 0 && offset <= count && length <= count - offset => new(
                type.Type,
                key,
                count
            )
            {
                Offset = offset,
            },
            _ => throw error($"the view of storage {key} does not lie within it."),
        };
    }
}
