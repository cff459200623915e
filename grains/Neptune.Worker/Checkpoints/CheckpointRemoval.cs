using Neptune.Contracts;
using Neptune.Planning;

namespace Neptune.Worker;

/// <summary>
/// Removes checkpoints of a job: from its list, then manifests, then the pieces that no manifest names any more.
/// Whoever writes the job's checkpoints calls it, while no checkpoint of the job is being written.
/// </summary>
/// <remarks>It removes files from this machine's store; of silos that share no folder each has its own.</remarks>
internal sealed class CheckpointRemoval(ICheckpointIndex index, IArtifactStore artifacts)
{
    private readonly CheckpointReader _reader = new(artifacts);

    /// <summary>Removes what a rule does not keep, but for the newest that is known to be right.</summary>
    /// <param name="job">Whose.</param>
    /// <param name="retention">The rule.</param>
    /// <param name="verified">The newest version that is known to be right.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="NeptuneException">The list does not answer, or there is no right to remove files.</exception>
    /// <exception cref="CheckpointDamagedException">
    /// A manifest cannot be read for now, so that nobody knows which pieces it needs: nothing was removed. Repeat it
    /// later.
    /// </exception>
    public async Task<RemovedCheckpoints> ApplyAsync(
        JobId job,
        CheckpointRetention retention,
        TrainingVersion verified,
        CancellationToken cancellation
    )
    {
        var all = await index.ListAsync(job);
        var right = all.LastOrDefault(c => !verified.IsBehind(c.Version));
        return await RemoveAsync(job, retention.Surplus(all).Remove(right!), cancellation);
    }

    /// <summary>Removes checkpoints.</summary>
    /// <inheritdoc cref="ApplyAsync"/>
    public async Task<RemovedCheckpoints> RemoveAsync(
        JobId job,
        IReadOnlyList<CheckpointEntry> checkpoints,
        CancellationToken cancellation
    )
    {
        if (checkpoints.Count == 0)
        {
            return new([], 0, []);
        }
        var unreadable = new List<CheckpointDamagedException>();
        var going = checkpoints.Select(c => c.Artifact).ToHashSet(StringComparer.Ordinal);
        var staying = (await index.ListAsync(job)).Where(c => !going.Contains(c.Artifact));
        var pieces = await PiecesAsync(checkpoints, unreadable, cancellation);
        pieces.ExceptWith(await PiecesAsync(staying, unreadable, cancellation));
        foreach (var checkpoint in checkpoints)
        {
            await index.RemoveAsync(job, checkpoint);
            await artifacts.DeleteAsync(checkpoint.Artifact, CancellationToken.None);
        }
        foreach (var piece in pieces)
        {
            await artifacts.DeleteAsync(piece, CancellationToken.None);
        }
        return new(checkpoints, pieces.Count, unreadable);
    }

    // One whose manifest is damaged for good cannot be used, and so needs no piece.
    private async Task<HashSet<string>> PiecesAsync(
        IEnumerable<CheckpointEntry> checkpoints,
        List<CheckpointDamagedException> unreadable,
        CancellationToken cancellation
    )
    {
        var pieces = new HashSet<string>(StringComparer.Ordinal);
        foreach (var checkpoint in checkpoints)
        {
            try
            {
                pieces.UnionWith((await _reader.ReadManifestAsync(checkpoint, cancellation)).Pieces);
            }
            catch (CheckpointDamagedException error) when (error.IsLasting)
            {
                unreadable.Add(error);
            }
        }
        return pieces;
    }
}
