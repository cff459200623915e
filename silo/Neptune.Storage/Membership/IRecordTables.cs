namespace Neptune.Storage;

/// <summary>Small named tables of bytes by field: what memberships need of a store. Each call is atomic.</summary>
internal interface IRecordTables
{
    /// <summary>Sets a field that nobody has set; gives what it holds afterwards.</summary>
    Task<ReadOnlyMemory<byte>> AddAsync(string table, string field, ReadOnlyMemory<byte> value);

    /// <summary>Sets a field.</summary>
    Task SetAsync(string table, string field, ReadOnlyMemory<byte> value);

    /// <summary>Clears a field; nothing happens where it is clear.</summary>
    Task RemoveAsync(string table, string field);

    /// <summary>All values of some tables, as they were at one moment.</summary>
    Task<IReadOnlyList<ReadOnlyMemory<byte>>[]> ReadAsync(params string[] tables);

    /// <summary>How many fields of a table are set.</summary>
    Task<int> CountAsync(string table);

    /// <summary>What a field holds; null where it is clear.</summary>
    Task<ReadOnlyMemory<byte>?> FindAsync(string table, string field);

    /// <summary>Clears tables.</summary>
    Task DropAsync(params string[] tables);
}
