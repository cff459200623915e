using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Neptune.Contracts;
using Neptune.Processes;
using Neptune.Redis.Tests;
using Orleans.Configuration;
using Orleans.Persistence;
using Orleans.Storage;

namespace Neptune.Storage.Tests;

public sealed class RedisGrainStateTests : GrainStorageContract, IAsyncLifetime
{
    private RedisServerProcess _server = null!;
    private RedisStore _store = null!;
    private States _states = null!;

    internal override States States => _states;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _server = await RedisServers.StartAsync();
        _store = await RedisStore.ConnectAsync(
            RedisAddress.Parse($"{_server.Address},asyncTimeout=400,syncTimeout=400"),
            Token
        );
        var options = new RedisStorageOptions
        {
            CreateMultiplexer = _ => Task.FromResult((_store.Connection, IsShared: true)),
            DeleteStateOnClear = true,
            GetStorageKey = (name, grain) => $"{grain}/{name}",
        };
        var redis = new RedisGrainStorage(
            "test",
            options,
            States.Serializer,
            Options.Create(new ClusterOptions { ServiceId = "s", ClusterId = "c" }),
            States.Activators,
            NullLogger<RedisGrainStorage>.Instance
        );
        var storage = new RedisGrainState(redis, _store, (name, grain) => $"{grain}/{name}", States.Serializer);
        var lifecycle = new Lifecycle();
        storage.Participate(lifecycle);
        await lifecycle.OnStart(Token);
        _states = new States(storage);
    }

    public async ValueTask DisposeAsync()
    {
        if (_store is not null)
        {
            await _store.DisposeAsync();
        }
        _server?.Dispose();
    }

    [Fact]
    public async Task Given_a_write_whose_answer_was_lost_when_the_grain_writes_again_then_it_goes_on()
    {
        var state = await States.WriteAsync("a", new Note { Text = "one" });
        var stale = await States.ReadAsync("a");
        foreach (var text in (string[])["two", "three"])
        {
            // Frozen, it still gets the command, and carries it out when it is thawed; the caller waits no longer.
            _server.Freeze();
            state.State = new Note { Text = text };
            var error = await Assert.ThrowsAsync<StoreUnavailableException>(() => WriteAsync(state));
            Assert.StartsWith($"The store (Redis at {_server.Address}) does not answer: ", error.Message);
            _server.Thaw();
            // The second one comes too late: it is based on the ETag before the first.
            await StoredAsync("two");
        }
        state.State = new Note { Text = "four" };
        await WriteAsync(state);
        Assert.Equal("four", (await States.ReadAsync("a")).State!.Text);
        // Whoever had nothing to do with it is refused, as ever.
        await Assert.ThrowsAsync<InconsistentStateException>(() => WriteAsync(stale));
    }

    [Fact]
    public async Task Given_a_write_that_never_arrived_when_another_activation_wrote_then_the_grain_is_refused()
    {
        var state = await States.WriteAsync("a", new Note { Text = "one" });
        _server.Kill();
        state.State = new Note { Text = "lost" };
        await Assert.ThrowsAsync<StoreUnavailableException>(() => WriteAsync(state));
        await _server.RestartAsync();
        await AnswerAsync();
        var other = await States.ReadAsync("a");
        Assert.Equal("one", other.State!.Text);
        other.State = new Note { Text = "other" };
        await WriteAsync(other);
        state.State = new Note { Text = "mine" };
        await Assert.ThrowsAsync<InconsistentStateException>(() => WriteAsync(state));
        Assert.Equal("other", (await States.ReadAsync("a")).State!.Text);
    }

    [Fact]
    public async Task Given_bytes_that_are_no_state_when_read_then_grain_and_state_are_named()
    {
        await States.WriteAsync("a", new Note { Text = "one" });
        await _store.Database.HashSetAsync("note/a/main", "data", new byte[] { 255, 255, 255 });
        var error = await Assert.ThrowsAsync<StorageException>(() => States.ReadAsync("a"));
        Assert.Contains("State 'main' of grain note/a in Redis at", error.Message);
    }

    [Fact]
    public async Task Given_a_redis_whose_memory_is_full_when_written_then_the_message_says_so()
    {
        var state = await States.WriteAsync("a", new Note { Text = "one" });
        await _store.Database.ExecuteAsync("CONFIG", "SET", "maxmemory", "1");
        state.State = new Note { Text = "two" };
        var error = await Assert.ThrowsAsync<StoreUnavailableException>(() => WriteAsync(state));
        Assert.Contains("its memory is full", error.Message);
        await _store.Database.ExecuteAsync("CONFIG", "SET", "maxmemory", "0");
        await WriteAsync(state);
        Assert.Equal("two", (await States.ReadAsync("a")).State!.Text);
    }

    private Task WriteAsync(GrainState<Note> state) =>
        States.Storage.WriteStateAsync("main", Tests.States.Id("a"), state);

    private async Task StoredAsync(string text)
    {
        for (var attempt = 0; (await StoredTextAsync()) != text; attempt++)
        {
            Assert.True(attempt < 100, $"'{text}' did not arrive");
            await Task.Delay(20, Token);
        }
    }

    private async Task<string?> StoredTextAsync()
    {
        try
        {
            return (await States.ReadAsync("a")).State!.Text;
        }
        catch (StoreUnavailableException)
        {
            return null;
        }
    }

    private async Task AnswerAsync()
    {
        for (var attempt = 0; await StoredTextAsync() is null; attempt++)
        {
            Assert.True(attempt < 100, "Redis does not answer after its restart");
            await Task.Delay(50, Token);
        }
    }

    private sealed class Lifecycle() : LifecycleSubject(NullLogger.Instance), ISiloLifecycle
    {
        public int HighestCompletedStage => int.MinValue;

        public int LowestStoppedStage => int.MaxValue;
    }
}
