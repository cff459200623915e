using System.Collections.Immutable;
using Neptune.Contracts;
using Neptune.Planning;
using Orleans.Serialization;

namespace Neptune.Storage;

/// <summary>Checkpoints in record tables: one table a job, by the manifests' names.</summary>
internal sealed class CheckpointIndex(IRecordTables tables) : ICheckpointIndex
{
    private static readonly Serializer Serializer = RecordSerializer.Instance;

    public Task AddAsync(JobId job, CheckpointEntry entry) =>
        tables.SetAsync(TableOf(job), entry.Artifact, Serializer.SerializeToArray(entry));

    public async Task<ImmutableArray<CheckpointEntry>> ListAsync(JobId job) =>
        [
            .. (await tables.ReadAsync(TableOf(job)))[0]
                .Select(value => Serializer.Deserialize<CheckpointEntry>(value)!)
                .OrderBy(e => e.Version.Step)
                .ThenBy(e => e.Version.Epoch)
                .ThenBy(e => e.At)
                .ThenBy(e => e.Artifact, StringComparer.Ordinal),
        ];

    public Task RemoveAsync(JobId job, CheckpointEntry entry) => tables.RemoveAsync(TableOf(job), entry.Artifact);

    private static string TableOf(JobId job) => $"job/{job}/checkpoints";
}
