using Neptune.Collectives;
using Neptune.Contracts;

namespace Neptune.Worker;

// What a rank does where the checks of a step have failed.
internal sealed partial class RankRun
{
    // Something was computed wrongly. What is being kept of it is dropped before anybody hears of it.
    private async Task<GenerationEnd> InquireAsync(Generation generation, RankPlacement place, ICollective collective)
    {
        await DiscardAsync(place);
        collective.StallLimit = ProgressDeadline.Unlearnt;
        var verdict = await _device.RunAsync(() => _loop!.Inquire(collective, _abort.Token), _abort.Token);
        if (!verdict.MayHaveDiverged || place.Rank > 0)
        {
            return RolledBack(generation, verdict);
        }
        // If training has diverged, its newest package is all that is left of it.
        await _keeper!.FlushAsync();
        return RolledBack(generation, verdict, Progress.Package);
    }

    private Task DiscardAsync(RankPlacement place) =>
        place.Rank == 0 ? _checkpoints!.DiscardAsync() : Task.CompletedTask;

    private GenerationEnd RolledBack(Generation generation, Verdict verdict, PackageRef? package = null)
    {
        var nodes = verdict.Wrong.Select(rank => generation.Ranks[rank].Node).ToArray();
        var back = new RollBack(
            _loop!.Verified,
            [.. nodes.Select(n => new Suspicion(n, verdict.Charge))],
            verdict.Evidence,
            verdict.MayHaveDiverged,
            package
        )
        {
            Step = _loop.Position.Step,
        };
        LogDoubtful(Job, back.Cause, back.To);
        return new(false) { RollBack = back };
    }
}
