using Microsoft.Data.Sqlite;

namespace Neptune.Storage;

/// <summary>
/// The SQLite file that holds grain state and reminders: write-ahead log, and each write is on the disk before it
/// returns. One connection; calls take turns and run on the thread pool, so no grain's turn waits for the disk.
/// </summary>
public sealed class SqliteDatabase : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private bool _disposed;

    private SqliteDatabase(string path, SqliteConnection connection)
    {
        Path = path;
        _connection = connection;
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Opens the file, or makes it, and checks it.</summary>
    /// <exception cref="StorageException">
    /// It is damaged, of a newer version, or cannot be opened; nothing in it was changed.
    /// </exception>
    public static SqliteDatabase Open(string path)
    {
        var connection = new SqliteConnection(
            new SqliteConnectionStringBuilder
            {
                DataSource = path,
                Mode = SqliteOpenMode.ReadWriteCreate,
                Pooling = false,
            }.ToString()
        );
        try
        {
            connection.Open();
            Check(connection, path);
            SqliteSchema.Prepare(connection, path);
            return new SqliteDatabase(path, connection);
        }
        catch (Exception e)
        {
            connection.Dispose();
            throw e switch
            {
                SqliteException sqlite when DiskError.IsCorrupt(sqlite) => Damaged(path, sqlite.Message, sqlite),
                SqliteException sqlite => DiskError.At(path, sqlite),
                _ => e,
            };
        }
    }

    /// <summary>Closes the file, after the call in progress.</summary>
    public void Dispose()
    {
        if (_disposed)
            return;
        _turn.Wait();
        _disposed = true;
        _connection.Dispose();
        _turn.Release();
    }

    internal async Task<T> RunAsync<T>(Func<SqliteConnection, T> work)
    {
        await _turn.WaitAsync().ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return await Task.Run(() => work(_connection)).ConfigureAwait(false);
        }
        catch (SqliteException e)
        {
            throw DiskError.IsCorrupt(e) ? Damaged(Path, e.Message, e) : DiskError.At(Path, e);
        }
        finally
        {
            _turn.Release();
        }
    }

    private static void Check(SqliteConnection connection, string path)
    {
        using var command = connection.Statement("PRAGMA quick_check(1)");
        var answer = (string?)command.ExecuteScalar();
        if (answer != "ok")
            throw Damaged(path, answer ?? "it does not answer", null);
    }

    private static StorageException Damaged(string path, string reason, Exception? inner)
    {
        var message =
            $"'{path}', which holds the state of jobs, models and endpoints, is damaged: {reason.TrimEnd('.')}. Nothing was "
            + "changed, and the artifacts beside it are untouched. Put a backup of it in place; or move it away, together "
            + "with the files of its name and -wal or -shm, to begin with empty state: packages and data sets can then "
            + "be registered again from the artifacts.";
        return inner is null ? new StorageException(message) : new StorageException(message, inner);
    }
}
