using Orleans.Reminders.Redis;

namespace Neptune.Storage;

/// <summary>Orleans' reminders in Redis, with errors in words.</summary>
internal sealed class RedisReminders(IReminderTable redis, RedisStore store) : IReminderTable
{
    public Task StartAsync(CancellationToken cancellationToken = default) => redis.StartAsync(cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken = default) => redis.StopAsync(cancellationToken);

    public Task<ReminderTableData> ReadRows(GrainId grainId) => RunAsync(() => redis.ReadRows(grainId));

    public Task<ReminderTableData> ReadRows(uint begin, uint end) => RunAsync(() => redis.ReadRows(begin, end));

    public Task<ReminderEntry?> ReadRow(GrainId grainId, string reminderName) =>
        RunAsync(() => redis.ReadRow(grainId, reminderName));

    public Task<string?> UpsertRow(ReminderEntry entry) => RunAsync(() => redis.UpsertRow(entry));

    public Task<bool> RemoveRow(GrainId grainId, string reminderName, string eTag) =>
        RunAsync(() => redis.RemoveRow(grainId, reminderName, eTag));

    public Task TestOnlyClearTable() => redis.TestOnlyClearTable();

    private async Task<T> RunAsync<T>(Func<Task<T>> call)
    {
        try
        {
            return await call().ConfigureAwait(false);
        }
        catch (RedisRemindersException error) when (RedisError.IsRedisError(error))
        {
            throw store.Unavailable(error);
        }
    }
}
