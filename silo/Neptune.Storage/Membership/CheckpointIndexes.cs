using Neptune.Planning;

namespace Neptune.Storage;

/// <summary>Gives each kind of store its list of checkpoints.</summary>
public static class CheckpointIndexes
{
    /// <summary>Checkpoints of a cluster's jobs, in Redis.</summary>
    public static ICheckpointIndex Checkpoints(this RedisStore store, string serviceId) =>
        new CheckpointIndex(new RedisRecordTables(store, serviceId));

    /// <summary>Checkpoints of an embedded cluster's jobs, in its SQLite file.</summary>
    public static ICheckpointIndex Checkpoints(this SqliteDatabase database) =>
        new CheckpointIndex(new SqliteRecordTables(database));
}
