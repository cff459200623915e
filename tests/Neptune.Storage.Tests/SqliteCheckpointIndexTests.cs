using Neptune.Planning;

namespace Neptune.Storage.Tests;

public sealed class SqliteCheckpointIndexTests : CheckpointIndexContract, IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private SqliteDatabase _database;

    public SqliteCheckpointIndexTests() => _database = SqliteDatabase.Open(_folder.At("state.db"));

    internal override ICheckpointIndex Index => _database.Checkpoints();

    internal override Task<ICheckpointIndex> ReopenAsync()
    {
        _database.Dispose();
        _database = SqliteDatabase.Open(_folder.At("state.db"));
        return Task.FromResult(Index);
    }

    public void Dispose()
    {
        _database.Dispose();
        _folder.Dispose();
    }
}
