using Orleans.Storage;

namespace Neptune.Storage.Tests;

public sealed class SqliteGrainStorageTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private SqliteDatabase _database;
    private States _states;

    public SqliteGrainStorageTests()
    {
        _database = SqliteDatabase.Open(_folder.At("state.db"));
        _states = new States(_database);
    }

    public void Dispose()
    {
        _database.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Given_nothing_when_read_then_the_state_is_new()
    {
        var state = await _states.ReadAsync("a");
        Assert.Equal("", state.State!.Text);
        Assert.Null(state.ETag);
        Assert.False(state.RecordExists);
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
    public async Task Given_states_of_other_grains_and_names_when_written_then_they_are_apart()
    {
        await _states.WriteAsync("a", new Note { Text = "a" });
        await _states.WriteAsync("b", new Note { Text = "b" });
        var other = new GrainState<Note>(new Note { Text = "other" });
        await _states.Storage.WriteStateAsync("other", States.Id("a"), other);
        Assert.Equal("a", (await _states.ReadAsync("a")).State!.Text);
        Assert.Equal("b", (await _states.ReadAsync("b")).State!.Text);
    }

    [Fact]
    public async Task Given_two_activations_when_both_write_then_the_second_is_refused()
    {
        var first = await _states.WriteAsync("a", new Note { Text = "start" });
        var second = await _states.ReadAsync("a");
        await _states.Storage.WriteStateAsync("main", States.Id("a"), first);
        var before = second.ETag;
        var error = await Assert.ThrowsAsync<InconsistentStateException>(() =>
            _states.Storage.WriteStateAsync("main", States.Id("a"), second)
        );
        Assert.Equal(first.ETag, error.StoredEtag);
        Assert.Equal(before, error.CurrentEtag);
        await Assert.ThrowsAsync<InconsistentStateException>(() =>
            _states.Storage.ClearStateAsync("main", States.Id("a"), second)
        );
        Assert.Equal(before, second.ETag);
    }

    [Fact]
    public async Task Given_an_activation_that_knows_of_no_record_when_there_is_one_then_it_is_refused()
    {
        await _states.WriteAsync("a", new Note { Text = "there" });
        var blind = new GrainState<Note>(new Note());
        await Assert.ThrowsAsync<InconsistentStateException>(() =>
            _states.Storage.WriteStateAsync("main", States.Id("a"), blind)
        );
        await Assert.ThrowsAsync<InconsistentStateException>(() =>
            _states.Storage.ClearStateAsync("main", States.Id("a"), blind)
        );
    }

    [Fact]
    public async Task Given_a_state_when_cleared_then_it_is_gone_and_can_be_written_anew()
    {
        var state = await _states.WriteAsync("a", new Note { Text = "one" });
        var stale = await _states.ReadAsync("a");
        await _states.Storage.ClearStateAsync("main", States.Id("a"), state);
        Assert.Null(state.ETag);
        Assert.False(state.RecordExists);
        Assert.Equal("", state.State!.Text);
        await _states.Storage.ClearStateAsync("main", States.Id("a"), state);
        await Assert.ThrowsAsync<InconsistentStateException>(() =>
            _states.Storage.WriteStateAsync("main", States.Id("a"), stale)
        );
        await _states.WriteAsync("a", new Note { Text = "two" });
        Assert.Equal("two", (await _states.ReadAsync("a")).State!.Text);
    }

    [Fact]
    public async Task Given_many_writers_when_they_count_up_then_no_count_is_lost()
    {
        await Parallel.ForEachAsync(
            Enumerable.Range(0, 8),
            TestContext.Current.CancellationToken,
            async (_, _) =>
            {
                for (var done = 0; done < 10; )
                {
                    var state = await _states.ReadAsync("counter");
                    state.State = new Note { Text = state.State!.Text + "x" };
                    try
                    {
                        await _states.Storage.WriteStateAsync("main", States.Id("counter"), state);
                        done++;
                    }
                    catch (InconsistentStateException)
                    {
                        // Another was quicker: read again.
                    }
                }
            }
        );
        Assert.Equal(80, (await _states.ReadAsync("counter")).State!.Text.Length);
    }

    [Fact]
    public async Task Given_any_texts_when_written_then_they_are_read_back() =>
        await Gen.String.SampleAsync(
            async text =>
            {
                await _states.WriteAsync("any", new Note { Text = text });
                Assert.Equal(text, (await _states.ReadAsync("any")).State!.Text);
            },
            iter: 30,
            threads: 1
        );

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
