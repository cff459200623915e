using Microsoft.Data.Sqlite;

namespace Neptune.Storage;

/// <summary>Record tables as rows of one table in a <see cref="SqliteDatabase"/>.</summary>
internal sealed class SqliteRecordTables(SqliteDatabase database) : IRecordTables
{
    public Task<ReadOnlyMemory<byte>> AddAsync(string table, string field, ReadOnlyMemory<byte> value) =>
        database.RunAsync(connection =>
        {
            using var insert = connection.Statement(
                "INSERT INTO record (name, field, value) VALUES ($name, $field, $value) ON CONFLICT DO NOTHING",
                ("$name", table),
                ("$field", field),
                ("$value", value.ToArray())
            );
            insert.ExecuteNonQuery();
            return (ReadOnlyMemory<byte>)Find(connection, table, field)!;
        });

    public Task SetAsync(string table, string field, ReadOnlyMemory<byte> value) =>
        ExecuteAsync(
            """
            INSERT INTO record (name, field, value) VALUES ($name, $field, $value)
            ON CONFLICT (name, field) DO UPDATE SET value = $value
            """,
            ("$name", table),
            ("$field", field),
            ("$value", value.ToArray())
        );

    public Task RemoveAsync(string table, string field) =>
        ExecuteAsync("DELETE FROM record WHERE name = $name AND field = $field", ("$name", table), ("$field", field));

    public Task<IReadOnlyList<ReadOnlyMemory<byte>>[]> ReadAsync(params string[] tables) =>
        database.RunAsync(connection => tables.Select(table => Read(connection, table)).ToArray());

    public Task<int> CountAsync(string table) =>
        database.RunAsync(connection =>
        {
            using var select = connection.Statement("SELECT COUNT(*) FROM record WHERE name = $name", ("$name", table));
            return checked((int)(long)select.ExecuteScalar()!);
        });

    public Task<ReadOnlyMemory<byte>?> FindAsync(string table, string field) =>
        database.RunAsync(connection =>
            Find(connection, table, field) is { } value ? (ReadOnlyMemory<byte>?)value : null
        );

    public async Task DropAsync(params string[] tables)
    {
        foreach (var table in tables)
        {
            await ExecuteAsync("DELETE FROM record WHERE name = $name", ("$name", table)).ConfigureAwait(false);
        }
    }

    private static byte[]? Find(SqliteConnection connection, string table, string field)
    {
        using var select = connection.Statement(
            "SELECT value FROM record WHERE name = $name AND field = $field",
            ("$name", table),
            ("$field", field)
        );
        return (byte[]?)select.ExecuteScalar();
    }

    private static IReadOnlyList<ReadOnlyMemory<byte>> Read(SqliteConnection connection, string table)
    {
        using var command = connection.Statement("SELECT value FROM record WHERE name = $name", ("$name", table));
        using var reader = command.ExecuteReader();
        var values = new List<ReadOnlyMemory<byte>>();
        while (reader.Read())
            values.Add((byte[])reader.GetValue(0));
        return values;
    }

    private Task<int> ExecuteAsync(string statement, params (string, object)[] parameters) =>
        database.RunAsync(connection =>
        {
            using var command = connection.Statement(statement, parameters);
            return command.ExecuteNonQuery();
        });
}
