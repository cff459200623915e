using Neptune.Contracts;
using Neptune.ModelGraph;

namespace Neptune.Worker;

// Where a rank's state comes from, and who gets it.
internal sealed partial class RankRun
{
    private async Task LoadAsync()
    {
        if (_run is not null)
        {
            return;
        }
        var run = await _loader.LoadAsync(_assignment, _abort.Token);
        _keeper = new(run, _stores.Artifacts, _progress, _device.Fingerprint.Text, _time);
        _loop = await _device.RunAsync(
            () => new StepLoop(run, _device, _progress, _clock, _deadline, _orders, _faults),
            _abort.Token
        );
        _checkpoints = new(run, _stores, _device.Fingerprint.Text, _time, _logger);
        _progress.Begin(
            _loop.Position.Step,
            run.TotalSteps,
            // An epoch that another job left unfinished goes on here.
            run.From?.History.Where(e => e.Epoch <= run.From.Position.Epoch).Select(e => e.ToReport())
                ?? [],
            run.Graph.Metrics.OfType<Metric.Accuracy>().Any(),
            _loop.Replica.Metrics,
            _assignment.Dataset.Sha256
        );
        if (
            _assignment.Generation.From is null
            && await _checkpoints.TryLoadAsync(_loop.Replica, _loop.Version, _abort.Token) is { } facts
        )
        {
            await _device.RunAsync(() => _loop.Take(facts), _abort.Token);
        }
        _run = run;
    }

    // Who holds the state that the generation goes on from offers it until all have met. A rank that was started anew in a
    // holder's place does not have it, and says so: the others go on without it.
    private IDisposable? OfferState(Generation generation, RankPlacement place) =>
        generation.From is not { } from || !generation.Holders.Contains(place.Node) ? null
        : _loop is not null && HoldsState(generation, from) ? _links.States.Offer(generation, place.Node, _loop.State)
        : throw new VersionsDifferException();

    // Who goes over to a prepared generation has trained on since it was set.
    private bool HoldsState(Generation generation, TrainingVersion from) =>
        generation.IsPrepared ? !_loop!.Version.IsBehind(from) : _loop!.Version == from;

    // How this rank gets the state that the generation goes on from; null where it has it, or there is none yet.
    private StateFetch? FetchOf(Generation generation, RankPlacement place) =>
        generation.From is null || generation.Holders.Contains(place.Node)
            ? null
            : _links.States.FetchFrom(generation, HoldersOf(generation));

    private async Task FetchStateAsync(StateFetch? fetch)
    {
        if (fetch is not null)
        {
            var facts = await fetch.FetchAsync(_loop!.Replica.State, _abort.Token);
            await _device.RunAsync(() => _loop.Take(facts), _abort.Token);
        }
    }
}
