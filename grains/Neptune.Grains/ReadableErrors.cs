using Microsoft.Extensions.Logging;
using Neptune.Contracts;

namespace Neptune.Grains;

/// <summary>
/// Sends callers an error without what led to it: that may be of a type that their process cannot read, and they would get
/// an error about codecs in its place. The log of this silo keeps it.
/// </summary>
public sealed partial class ReadableErrors(ILogger<ReadableErrors> logger) : IIncomingGrainCallFilter
{
    /// <inheritdoc/>
    public async Task Invoke(IIncomingGrainCallContext context)
    {
        try
        {
            await context.Invoke();
        }
        catch (NeptuneException error) when (error.InnerException is not null)
        {
            LogCause(error, context.InterfaceName, context.MethodName);
            throw WithoutCause(error);
        }
    }

    // The error itself where its type takes more than a message.
    private static NeptuneException WithoutCause(NeptuneException error) =>
        error.GetType().GetConstructor([typeof(string)])?.Invoke([error.Message]) as NeptuneException ?? error;

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Interface}.{Method} has failed")]
    private partial void LogCause(Exception error, string @interface, string method);
}
