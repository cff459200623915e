using Neptune.Contracts;
using Neptune.Planning;

namespace Neptune.Storage.Tests;

/// <summary>What every list of checkpoints must do.</summary>
public abstract class CheckpointIndexContract
{
    private static readonly JobId Job = new("job-1");

    internal abstract ICheckpointIndex Index { get; }

    /// <summary>The same store, as another process sees it.</summary>
    internal abstract Task<ICheckpointIndex> ReopenAsync();

    [Fact]
    public async Task Given_checkpoints_in_any_order_when_listed_then_the_oldest_is_first_and_nothing_is_lost()
    {
        CheckpointEntry[] entries =
        [
            Entry(1, 0, 'a', double.NaN),
            Entry(9, 1, 'b'),
            Entry(9, 2, 'c', 0.25),
            Entry(10, 2, 'd'),
        ];
        foreach (var entry in (CheckpointEntry[])[entries[2], entries[0], entries[3], entries[1]])
        {
            await Index.AddAsync(Job, entry);
        }
        Assert.Equal(entries, await Index.ListAsync(Job));
        Assert.Equal(entries, await (await ReopenAsync()).ListAsync(Job));
    }

    [Fact]
    public async Task Given_calls_that_are_repeated_when_listed_then_they_count_once()
    {
        var (first, second) = (Entry(1, 0, 'a'), Entry(2, 0, 'b'));
        Assert.Empty(await Index.ListAsync(Job));
        await Index.AddAsync(Job, first);
        await Index.AddAsync(Job, second);
        await Index.AddAsync(Job, first);
        Assert.Equal([first, second], await Index.ListAsync(Job));
        await Index.RemoveAsync(Job, first);
        await Index.RemoveAsync(Job, first);
        Assert.Equal([second], await Index.ListAsync(Job));
    }

    [Fact]
    public async Task Given_two_jobs_when_one_removes_a_checkpoint_then_the_other_keeps_its_own()
    {
        var entry = Entry(1, 0, 'a');
        await Index.AddAsync(Job, entry);
        await Index.AddAsync(new("job-2"), entry);
        await Index.RemoveAsync(Job, entry);
        Assert.Empty(await Index.ListAsync(Job));
        Assert.Equal([entry], await Index.ListAsync(new("job-2")));
    }

    private static CheckpointEntry Entry(long step, int epoch, char hash, double? metric = null) =>
        new()
        {
            Version = new(step, epoch),
            Artifact = new(hash, 64),
            At = new(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero),
            Metric = metric,
        };
}
