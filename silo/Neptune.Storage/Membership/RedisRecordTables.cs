using StackExchange.Redis;

namespace Neptune.Storage;

/// <summary>Record tables as hashes in Redis.</summary>
internal sealed class RedisRecordTables(RedisStore store, string serviceId) : IRecordTables
{
    public Task<ReadOnlyMemory<byte>> AddAsync(string table, string field, ReadOnlyMemory<byte> value) =>
        store.RunAsync(async database =>
        {
            var transaction = database.CreateTransaction();
            _ = transaction.HashSetAsync(KeyOf(table), field, value, When.NotExists);
            var stored = transaction.HashGetAsync(KeyOf(table), field);
            await transaction.ExecuteAsync().ConfigureAwait(false);
            return (ReadOnlyMemory<byte>)await stored.ConfigureAwait(false);
        });

    public Task SetAsync(string table, string field, ReadOnlyMemory<byte> value) =>
        store.RunAsync(database => database.HashSetAsync(KeyOf(table), field, value));

    public Task RemoveAsync(string table, string field) =>
        store.RunAsync(database => database.HashDeleteAsync(KeyOf(table), field));

    public Task<IReadOnlyList<ReadOnlyMemory<byte>>[]> ReadAsync(params string[] tables) =>
        store.RunAsync(async database =>
        {
            var transaction = database.CreateTransaction();
            var reads = tables.Select(table => transaction.HashValuesAsync(KeyOf(table))).ToArray();
            await transaction.ExecuteAsync().ConfigureAwait(false);
            var values = await Task.WhenAll(reads).ConfigureAwait(false);
            return values
                .Select(IReadOnlyList<ReadOnlyMemory<byte>> (read) => [.. read.Select(v => (ReadOnlyMemory<byte>)v)])
                .ToArray();
        });

    public async Task<int> CountAsync(string table) =>
        checked((int)await store.RunAsync(database => database.HashLengthAsync(KeyOf(table))));

    public Task<ReadOnlyMemory<byte>?> FindAsync(string table, string field) =>
        store.RunAsync(async database =>
        {
            var value = await database.HashGetAsync(KeyOf(table), field).ConfigureAwait(false);
            return value.IsNull ? (ReadOnlyMemory<byte>?)null : (ReadOnlyMemory<byte>)value;
        });

    public Task DropAsync(params string[] tables) =>
        store.RunAsync(database => database.KeyDeleteAsync([.. tables.Select(KeyOf)]));

    private RedisKey KeyOf(string table) => $"{serviceId}/{table}";
}
