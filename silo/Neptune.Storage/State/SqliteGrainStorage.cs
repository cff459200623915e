using Orleans.Serialization.Serializers;
using Orleans.Storage;

namespace Neptune.Storage;

/// <summary>
/// Grain state in a <see cref="SqliteDatabase"/>. Each write has a new ETag; one that is based on another than the stored
/// one is refused, so of two activations of a grain only one can go on.
/// </summary>
internal sealed class SqliteGrainStorage(
    SqliteDatabase database,
    IGrainStorageSerializer serializer,
    IActivatorProvider activators
) : IGrainStorage
{
    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var stored = await database
            .RunAsync(connection =>
            {
                using var command = connection.Statement(
                    "SELECT etag, payload FROM grain_state WHERE grain_id = $grain AND state_name = $state",
                    ("$grain", grainId.ToString()),
                    ("$state", stateName)
                );
                using var reader = command.ExecuteReader();
                return reader.Read() ? (ETag: reader.GetString(0), Payload: reader.GetFieldValue<byte[]>(1)) : default;
            })
            .ConfigureAwait(false);
        if (stored.ETag is null)
        {
            Reset(grainState);
            return;
        }
        grainState.State = Deserialize<T>(stateName, grainId, stored.Payload);
        grainState.ETag = stored.ETag;
        grainState.RecordExists = true;
    }

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var payload = serializer.Serialize(grainState.State).ToArray();
        var etag = NewETag();
        await ChangeAsync(
                grainState.ETag is null
                    ? """
                    INSERT INTO grain_state (grain_id, state_name, etag, payload)
                    VALUES ($grain, $state, $new, $payload) ON CONFLICT DO NOTHING
                    """
                    : """
                    UPDATE grain_state SET etag = $new, payload = $payload
                    WHERE grain_id = $grain AND state_name = $state AND etag = $old
                    """,
                stateName,
                grainId,
                grainState.ETag,
                ("$new", etag),
                ("$payload", payload)
            )
            .ConfigureAwait(false);
        grainState.ETag = etag;
        grainState.RecordExists = true;
    }

    public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        if (grainState.ETag is null)
        {
            // There must be nothing to clear: a record would be news to this activation.
            var stored = await StoredETagAsync(stateName, grainId).ConfigureAwait(false);
            if (stored is not null)
                throw Conflict(stateName, grainId, stored, null);
        }
        else
        {
            await ChangeAsync(
                    "DELETE FROM grain_state WHERE grain_id = $grain AND state_name = $state AND etag = $old",
                    stateName,
                    grainId,
                    grainState.ETag
                )
                .ConfigureAwait(false);
        }
        Reset(grainState);
    }

    internal static string NewETag() => Guid.NewGuid().ToString("N");

    private async Task ChangeAsync(
        string statement,
        string stateName,
        GrainId grainId,
        string? etag,
        params (string, object)[] values
    )
    {
        var changed = await database
            .RunAsync(connection =>
            {
                using var command = connection.Statement(
                    statement,
                    [("$grain", grainId.ToString()), ("$state", stateName), ("$old", etag ?? ""), .. values]
                );
                return command.ExecuteNonQuery();
            })
            .ConfigureAwait(false);
        if (changed == 1)
            return;
        throw Conflict(stateName, grainId, await StoredETagAsync(stateName, grainId).ConfigureAwait(false), etag);
    }

    private Task<string?> StoredETagAsync(string stateName, GrainId grainId) =>
        database.RunAsync(connection =>
        {
            using var command = connection.Statement(
                "SELECT etag FROM grain_state WHERE grain_id = $grain AND state_name = $state",
                ("$grain", grainId.ToString()),
                ("$state", stateName)
            );
            return (string?)command.ExecuteScalar();
        });

    private T Deserialize<T>(string stateName, GrainId grainId, byte[] payload)
    {
        try
        {
            return serializer.Deserialize<T>(BinaryData.FromBytes(payload))
                ?? throw new InvalidDataException("it holds nothing.");
        }
        catch (Exception e)
        {
            throw new StorageException(
                $"State '{stateName}' of grain {grainId} in '{database.Path}' cannot be read as {typeof(T).Name}: "
                    + $"{e.Message} It may have been written by a newer Neptune: update Neptune.",
                e
            );
        }
    }

    private void Reset<T>(IGrainState<T> grainState)
    {
        grainState.State = activators.GetActivator<T>().Create();
        grainState.ETag = null;
        grainState.RecordExists = false;
    }

    private static InconsistentStateException Conflict(
        string stateName,
        GrainId grainId,
        string? stored,
        string? current
    ) =>
        new(
            $"State '{stateName}' of grain {grainId} was changed by another activation.",
            stored ?? "none",
            current ?? "none"
        );
}
