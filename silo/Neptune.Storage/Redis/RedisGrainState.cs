using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Orleans.Persistence.Redis;
using Orleans.Storage;
using StackExchange.Redis;

namespace Neptune.Storage;

/// <summary>
/// Orleans' grain storage in Redis, with errors in words, and with an answer to the write whose own answer was lost: it may
/// have been carried out, and then the grain's ETag is behind. Its next write finds that out and goes on.
/// </summary>
internal sealed class RedisGrainState(
    IGrainStorage redis,
    RedisStore store,
    Func<string, GrainId, RedisKey> keyOf,
    IGrainStorageSerializer serializer
) : IGrainStorage, ILifecycleParticipant<ISiloLifecycle>
{
    // What each grain tried to write without learning of the outcome, as hashes of the bytes.
    private readonly ConditionalWeakTable<object, List<string>> _unanswered = [];

    public void Participate(ISiloLifecycle observer)
    {
        if (redis is ILifecycleParticipant<ISiloLifecycle> participant)
        {
            participant.Participate(observer);
        }
    }

    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        try
        {
            await redis.ReadStateAsync(stateName, grainId, grainState).ConfigureAwait(false);
        }
        catch (RedisStorageException error) when (RedisError.IsRedisError(error))
        {
            throw store.Unavailable(error);
        }
        catch (RedisStorageException error)
        {
            throw new StorageException(
                $"State '{stateName}' of grain {grainId} in Redis at {store.Address} cannot be read as {typeof(T).Name}: "
                    + $"{error.Message} It may have been written by a newer Neptune: update Neptune.",
                error
            );
        }
    }

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        try
        {
            await redis.WriteStateAsync(stateName, grainId, grainState).ConfigureAwait(false);
        }
        catch (InconsistentStateException) when (_unanswered.TryGetValue(grainState, out var attempts))
        {
            if (!await AdoptAsync(stateName, grainId, grainState, attempts).ConfigureAwait(false))
            {
                throw;
            }
            await WriteStateAsync(stateName, grainId, grainState).ConfigureAwait(false);
        }
        catch (RedisStorageException error) when (RedisError.IsRedisError(error))
        {
            _unanswered.GetOrCreateValue(grainState).Add(HashOf(serializer.Serialize(grainState.State)));
            throw store.Unavailable(error);
        }
        _unanswered.Remove(grainState);
    }

    public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        try
        {
            await redis.ClearStateAsync(stateName, grainId, grainState).ConfigureAwait(false);
        }
        catch (RedisStorageException error) when (RedisError.IsRedisError(error))
        {
            throw store.Unavailable(error);
        }
        _unanswered.Remove(grainState);
    }

    // Takes over the ETag of what is stored, where it is this grain's own write.
    private async Task<bool> AdoptAsync<T>(
        string stateName,
        GrainId grainId,
        IGrainState<T> grainState,
        List<string> attempts
    )
    {
        try
        {
            var stored = await store
                .Database.HashGetAsync(keyOf(stateName, grainId), ["etag", "data"])
                .ConfigureAwait(false);
            if (stored[0].IsNull || !attempts.Remove(HashOf(BinaryData.FromBytes((ReadOnlyMemory<byte>)stored[1]))))
            {
                return false;
            }
            grainState.ETag = stored[0];
            return true;
        }
        catch (Exception error) when (RedisError.IsRedisError(error))
        {
            throw store.Unavailable(error);
        }
    }

    private static string HashOf(BinaryData payload) => Convert.ToHexString(SHA256.HashData(payload.ToMemory().Span));
}
