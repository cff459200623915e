using Orleans.Storage;

namespace Neptune.Storage.Tests;

public sealed class SqliteGrainStorageTests : GrainStorageContract, IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private SqliteDatabase _database;
    private States _states;

    public SqliteGrainStorageTests()
    {
        _database = SqliteDatabase.Open(_folder.At("state.db"));
        _states = new States(_database);
    }

    internal override States States => _states;

    public void Dispose()
    {
        _database.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Given_a_written_state_when_the_file_is_opened_again_then_it_is_there()
    {
        var written = await _states.WriteAsync("a", new Note { Text = "one" });
        Reopen();
        var read = await _states.ReadAsync("a");
        Assert.Equal("one", read.State!.Text);
        Assert.Equal(written.ETag, read.ETag);
        Assert.True(read.RecordExists);
    }

    [Fact]
    public async Task Given_two_activations_when_both_write_then_the_error_names_both_etags()
    {
        var first = await _states.WriteAsync("a", new Note { Text = "start" });
        var second = await _states.ReadAsync("a");
        await _states.Storage.WriteStateAsync("main", Tests.States.Id("a"), first);
        var before = second.ETag;
        var error = await Assert.ThrowsAsync<InconsistentStateException>(() =>
            _states.Storage.WriteStateAsync("main", Tests.States.Id("a"), second)
        );
        Assert.Equal(first.ETag, error.StoredEtag);
        Assert.Equal(before, error.CurrentEtag);
        await Assert.ThrowsAsync<InconsistentStateException>(() =>
            _states.Storage.ClearStateAsync("main", Tests.States.Id("a"), second)
        );
        Assert.Equal(before, second.ETag);
    }

    [Fact]
    public async Task Given_bytes_that_are_no_state_when_read_then_grain_and_state_are_named()
    {
        await _states.WriteAsync("a", new Note { Text = "one" });
        await _database.RunAsync(connection =>
        {
            using var command = connection.Statement("UPDATE grain_state SET payload = x'FFFFFFFF'");
            return command.ExecuteNonQuery();
        });
        var error = await Assert.ThrowsAsync<StorageException>(() => _states.ReadAsync("a"));
        Assert.Contains("State 'main' of grain note/a", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Given_a_closed_database_when_used_then_it_says_so()
    {
        _database.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => _states.ReadAsync("a"));
    }

    private void Reopen()
    {
        _database.Dispose();
        _database = SqliteDatabase.Open(_folder.At("state.db"));
        _states = new States(_database);
    }
}
