using StackExchange.Redis;

namespace Neptune.Storage;

/// <summary>Says what errors of Redis and of its client mean to a person.</summary>
internal static class RedisError
{
    /// <summary>True where a storage error of Orleans came from Redis or from the way to it, and not from the state.</summary>
    // Orleans keeps of the cause only its type's name and message, in the text of its own error.
    public static bool IsRedisError(Exception error) =>
        error is RedisException or TimeoutException
        || error.Message.Contains("StackExchange.Redis.Redis", StringComparison.Ordinal)
        || error.Message.Contains(nameof(ObjectDisposedException), StringComparison.Ordinal);

    public static bool AsksForPassword(Exception error)
    {
        for (var cause = error; cause is not null; cause = cause.InnerException)
        {
            if (
                cause is RedisConnectionException { FailureType: ConnectionFailureType.AuthenticationFailure }
                || cause.Message.Contains("NOAUTH", StringComparison.Ordinal)
                || cause.Message.Contains("WRONGPASS", StringComparison.Ordinal)
                || cause.Message.Contains("NOPERM", StringComparison.Ordinal)
            )
            {
                return true;
            }
        }
        return false;
    }

    /// <summary>A few words of a client's message, which otherwise runs to pages of counters.</summary>
    public static string Reason(string message)
    {
        return message switch
        {
            _ when Has("NOAUTH") || Has("AuthenticationFailure") => "it asks for a password",
            _ when Has("WRONGPASS") => "the user or the password is wrong",
            _ when Has("NOPERM") => "the user has too few rights",
            _ when Has("OOM command") => "its memory is full",
            _ when Has("LOADING") => "it is still loading its data",
            _ when Has("READONLY") => "it is a read-only replica",
            _ when Has("MISCONF") => "it cannot write to its disk",
            _ when Has("Timeout") || Has("timed out") => "it did not answer in time",
            _ => "nobody listens there, or the way to it is cut",
        };

        bool Has(string word) => message.Contains(word, StringComparison.OrdinalIgnoreCase);
    }
}
