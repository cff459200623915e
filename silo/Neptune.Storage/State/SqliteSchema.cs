using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Neptune.Storage;

/// <summary>The tables of <see cref="SqliteDatabase"/>, and their version.</summary>
internal static class SqliteSchema
{
    public const int Version = 2;

    private const string Tables =
        """
            CREATE TABLE neptune_schema (version INTEGER NOT NULL);
            INSERT INTO neptune_schema (version) VALUES (2);
            CREATE TABLE grain_state (
                grain_id TEXT NOT NULL,
                state_name TEXT NOT NULL,
                etag TEXT NOT NULL,
                payload BLOB NOT NULL,
                PRIMARY KEY (grain_id, state_name)
            ) WITHOUT ROWID;
            CREATE TABLE reminder (
                grain_id TEXT NOT NULL,
                name TEXT NOT NULL,
                grain_hash INTEGER NOT NULL,
                start_at_ticks INTEGER NOT NULL,
                period_ticks INTEGER NOT NULL,
                etag TEXT NOT NULL,
                PRIMARY KEY (grain_id, name)
            ) WITHOUT ROWID;
            CREATE INDEX reminder_by_hash ON reminder (grain_hash);
            """ + Records;

    private const string Records = """

        CREATE TABLE record (
            name TEXT NOT NULL,
            field TEXT NOT NULL,
            value BLOB NOT NULL,
            PRIMARY KEY (name, field)
        ) WITHOUT ROWID;
        """;

    // From version 1, which had no records.
    private const string Update = Records + "UPDATE neptune_schema SET version = 2;";

    /// <summary>Refuses what is not ours before it changes anything; then makes missing tables.</summary>
    public static void Prepare(SqliteConnection connection, string path)
    {
        var version = VersionOf(connection, path);
        if (version > Version)
        {
            throw new StorageException(
                $"'{path}' was written by a newer Neptune: its schema has version {version}, this one knows {Version}. "
                    + "Update Neptune, or choose another folder by --data-dir."
            );
        }
        Execute(connection, "PRAGMA journal_mode = WAL");
        Execute(connection, "PRAGMA synchronous = FULL");
        if (version == Version)
            return;
        using var transaction = connection.BeginTransaction();
        using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = version is null ? Tables : Update;
        command.ExecuteNonQuery();
        transaction.Commit();
    }

    private static long? VersionOf(SqliteConnection connection, string path)
    {
        using var tables = connection.Statement("SELECT name FROM sqlite_schema WHERE type = 'table'");
        var names = new List<string>();
        using (var reader = tables.ExecuteReader())
        {
            while (reader.Read())
                names.Add(reader.GetString(0));
        }
        if (names.Count == 0)
            return null;
        if (!names.Contains("neptune_schema"))
        {
            throw new StorageException(
                $"'{path}' is a database of another program: it has the table {names[0]}. "
                    + "Choose another folder by --data-dir."
            );
        }
        using var version = connection.Statement("SELECT version FROM neptune_schema");
        return Convert.ToInt64(version.ExecuteScalar(), CultureInfo.InvariantCulture);
    }

    private static void Execute(SqliteConnection connection, string statement)
    {
        using var command = connection.Statement(statement);
        command.ExecuteNonQuery();
    }
}
