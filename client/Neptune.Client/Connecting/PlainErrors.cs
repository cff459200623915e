using System.Runtime.ExceptionServices;
using Neptune.Contracts;

namespace Neptune.Client;

/// <summary>
/// Hands callers the error that Neptune threw: Orleans wraps one that comes from a grain's storage into its own, with pages of
/// text.
/// </summary>
public sealed class PlainErrors : IOutgoingGrainCallFilter
{
    /// <inheritdoc/>
    public async Task Invoke(IOutgoingGrainCallContext context)
    {
        try
        {
            await context.Invoke();
        }
        catch (OrleansException wrapper) when (Inner(wrapper) is { } error)
        {
            ExceptionDispatchInfo.Throw(error);
        }
    }

    private static NeptuneException? Inner(Exception? error)
    {
        while (error is not (null or NeptuneException))
        {
            error = error.InnerException;
        }
        return (NeptuneException?)error;
    }
}
