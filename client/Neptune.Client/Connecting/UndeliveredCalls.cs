using Orleans.Concurrency;
using Orleans.Runtime.Messaging;
using Orleans.Storage;

namespace Neptune.Client;

/// <summary>
/// Makes calls anew that reached nobody: for the seconds after a silo was killed, until the others know that it is dead, what
/// was its part answers nobody. After that another silo does. The same with calls that reached a grain's second activation, as
/// there may be for a moment while silos come: its write is refused, it is dropped, and the call finds the first.
/// </summary>
internal sealed class UndeliveredCalls : IOutgoingGrainCallFilter
{
    // Under load a dead silo is known after three seconds, and some more pass until the directory is whole again.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    // A look may be made as often as one likes, and on a machine that is busy one of five seconds comes to nothing at times.
    private static readonly TimeSpan LookPatience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    /// <inheritdoc/>
    public async Task Invoke(IOutgoingGrainCallContext context)
    {
        var since = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                await context.Invoke();
                return;
            }
            catch (Exception error)
                when (error is SiloUnavailableException or TimeoutException
                    && OnlyLooks(context)
                    && IsWithin(LookPatience, since)
                )
            {
                // Once more, below: to look again does no harm.
            }
            catch (TimeoutException error) when (OnlyLooks(context))
            {
                throw new ClusterUnreachableException(
                    $"The silo that the call needs has not answered for {LookPatience.TotalSeconds:0} seconds. Look whether its "
                        + "machine is overloaded, see `neptune nodes list` and the silos' logs, and try again.",
                    error
                );
            }
            catch (SiloUnavailableException error)
            {
                // It may have been carried out, so it is not for us to repeat it.
                throw new ClusterUnreachableException(
                    "The silo that the call had reached ended before it answered. Look whether it was carried out, and repeat "
                        + "it if not: another silo answers now.",
                    error
                );
            }
            catch (Exception error) when ((WasNotDelivered(error) || WasRefused(error)) && IsWithin(Patience, since))
            {
                // Once more, below.
            }
            catch (Exception error) when (WasNotDelivered(error))
            {
                throw new ClusterUnreachableException(
                    $"A silo that the call needs does not answer, and after {Patience.TotalSeconds:0} seconds no other does in its "
                        + "place. See `neptune nodes list` and the silos' logs, and try again.",
                    error
                );
            }
            await Task.Delay(Pause);
        }
    }

    private static bool WasNotDelivered(Exception error) =>
        error is OrleansMessageRejectionException or ConnectionFailedException;

    private static bool WasRefused(Exception error) => error is InconsistentStateException;

    private static bool IsWithin(TimeSpan patience, long since) => TimeProvider.System.GetElapsedTime(since) < patience;

    // What answers even while a call is in progress changes nothing.
    private static bool OnlyLooks(IOutgoingGrainCallContext context) =>
        context.InterfaceMethod.IsDefined(typeof(AlwaysInterleaveAttribute), inherit: true);
}
