using Microsoft.Extensions.Logging;
using Neptune.Contracts;
using Neptune.Planning;

namespace Neptune.Hosting;

/// <summary>
/// Tells the scheduler of this silo and its nodes: when it starts, again and again while it is there, so that a
/// scheduler which starts anew elsewhere learns of it, and when it ends.
/// </summary>
internal sealed partial class SiloAnnouncement(
    IGrainFactory grains,
    INodeWorkers workers,
    IArtifactStore artifacts,
    ILocalSiloDetails silo,
    TimeProvider time,
    ILogger<SiloAnnouncement> logger
) : ILifecycleParticipant<ISiloLifecycle>, IDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    // The longest that jobs may take to go on without this silo's nodes; after that they lose them as by a failure.
    private static readonly TimeSpan LeavePatience = TimeSpan.FromSeconds(10);

    private readonly CancellationTokenSource _ending = new();
    private Task _repeating = Task.CompletedTask;

    private ISchedulerGrain Scheduler => grains.GetGrain<ISchedulerGrain>(ISchedulerGrain.Key);

    /// <inheritdoc/>
    public void Participate(ISiloLifecycle observer)
    {
        // Before the silo is active: no grain finds devices that have not started.
        observer.Subscribe(
            nameof(SiloAnnouncement),
            ServiceLifecycleStage.ApplicationServices,
            cancellation => workers.Started.WaitAsync(cancellation)
        );
        observer.Subscribe(nameof(SiloAnnouncement), ServiceLifecycleStage.Active + 1, StartAsync, StopAsync);
    }

    /// <inheritdoc/>
    public void Dispose() => _ending.Dispose();

    private async Task StartAsync(CancellationToken cancellation)
    {
        await Scheduler.RegisterAsync(Describe());
        _repeating = Task.Run(RepeatAsync, CancellationToken.None);
    }

    private async Task StopAsync(CancellationToken cancellation)
    {
        await _ending.CancelAsync();
        await _repeating;
        try
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            patience.CancelAfter(LeavePatience);
            await workers.LeaveJobsAsync($"silo {Describe().Name} ends", patience.Token);
        }
#pragma warning disable CA1031 // the silo ends all the same; the jobs find out that its nodes are gone
        catch (Exception error)
        {
            LogNotLeft(error);
        }
#pragma warning restore CA1031
        try
        {
            await Scheduler.UnregisterAsync(Describe().Name, Describe().Silo).WaitAsync(Period, time, cancellation);
        }
#pragma warning disable CA1031 // the silo ends all the same; the others find out that it has
        catch (Exception error)
        {
            LogNotTold(error);
        }
#pragma warning restore CA1031
    }

    private async Task RepeatAsync()
    {
        using var timer = new PeriodicTimer(Period, time);
        try
        {
            while (await timer.WaitForNextTickAsync(_ending.Token))
            {
                try
                {
                    await Scheduler.RegisterAsync(Describe());
                }
#pragma warning disable CA1031 // the store or the scheduler's silo may be away for a while
                catch (Exception error)
                {
                    LogNotTold(error);
                }
#pragma warning restore CA1031
            }
        }
        catch (OperationCanceledException)
        {
            // the silo ends
        }
    }

    private SiloDescription Describe() =>
        new()
        {
            Name = workers.Nodes[0].Id.Host,
            Silo = silo.SiloAddress.ToParsableString(),
            Nodes = workers.Nodes,
            Link = workers.Link,
            ArtifactFolder = artifacts.Place,
        };

    [LoggerMessage(Level = LogLevel.Warning, Message = "Not all jobs went on without this silo's nodes in time")]
    private partial void LogNotLeft(Exception error);

    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "The scheduler could not be told of this silo; trying again"
    )]
    private partial void LogNotTold(Exception error);
}
