using Orleans.Storage;

namespace Neptune.Storage.Tests;

/// <summary>What every grain storage does; each test has an empty one.</summary>
public abstract class GrainStorageContract
{
    internal abstract States States { get; }

    [Fact]
    public async Task Given_nothing_when_read_then_the_state_is_new()
    {
        var state = await States.ReadAsync("a");
        Assert.Equal("", state.State!.Text);
        Assert.Null(state.ETag);
        Assert.False(state.RecordExists);
    }

    [Fact]
    public async Task Given_states_of_other_grains_and_names_when_written_then_they_are_apart()
    {
        await States.WriteAsync("a", new Note { Text = "a" });
        await States.WriteAsync("b", new Note { Text = "b" });
        var other = new GrainState<Note>(new Note { Text = "other" });
        await States.Storage.WriteStateAsync("other", Tests.States.Id("a"), other);
        Assert.Equal("a", (await States.ReadAsync("a")).State!.Text);
        Assert.Equal("b", (await States.ReadAsync("b")).State!.Text);
    }

    [Fact]
    public async Task Given_an_activation_that_knows_of_no_record_when_there_is_one_then_it_is_refused()
    {
        await States.WriteAsync("a", new Note { Text = "there" });
        var blind = new GrainState<Note>(new Note());
        await Assert.ThrowsAsync<InconsistentStateException>(() =>
            States.Storage.WriteStateAsync("main", Tests.States.Id("a"), blind)
        );
        await Assert.ThrowsAsync<InconsistentStateException>(() =>
            States.Storage.ClearStateAsync("main", Tests.States.Id("a"), blind)
        );
    }

    [Fact]
    public async Task Given_a_state_when_cleared_then_it_is_gone_and_can_be_written_anew()
    {
        var state = await States.WriteAsync("a", new Note { Text = "one" });
        var stale = await States.ReadAsync("a");
        await States.Storage.ClearStateAsync("main", Tests.States.Id("a"), state);
        Assert.Null(state.ETag);
        Assert.False(state.RecordExists);
        Assert.Equal("", state.State!.Text);
        await States.Storage.ClearStateAsync("main", Tests.States.Id("a"), state);
        await Assert.ThrowsAsync<InconsistentStateException>(() =>
            States.Storage.WriteStateAsync("main", Tests.States.Id("a"), stale)
        );
        await States.WriteAsync("a", new Note { Text = "two" });
        Assert.Equal("two", (await States.ReadAsync("a")).State!.Text);
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
                    var state = await States.ReadAsync("counter");
                    state.State = new Note { Text = state.State!.Text + "x" };
                    try
                    {
                        await States.Storage.WriteStateAsync("main", Tests.States.Id("counter"), state);
                        done++;
                    }
                    catch (InconsistentStateException)
                    {
                        // Another was quicker: read again.
                    }
                }
            }
        );
        Assert.Equal(80, (await States.ReadAsync("counter")).State!.Text.Length);
    }

    [Fact]
    public async Task Given_any_texts_when_written_then_they_are_read_back() =>
        await Gen.String.SampleAsync(
            async text =>
            {
                await States.WriteAsync("any", new Note { Text = text });
                Assert.Equal(text, (await States.ReadAsync("any")).State!.Text);
            },
            iter: 30,
            threads: 1
        );

    [Fact]
    public async Task Given_two_activations_when_both_write_then_the_second_is_refused()
    {
        var first = await States.WriteAsync("a", new Note { Text = "start" });
        var second = await States.ReadAsync("a");
        await States.Storage.WriteStateAsync("main", Tests.States.Id("a"), first);
        var before = second.ETag;
        await Assert.ThrowsAsync<InconsistentStateException>(() =>
            States.Storage.WriteStateAsync("main", Tests.States.Id("a"), second)
        );
        await Assert.ThrowsAsync<InconsistentStateException>(() =>
            States.Storage.ClearStateAsync("main", Tests.States.Id("a"), second)
        );
        Assert.Equal(before, second.ETag);
    }
}
