using Microsoft.Data.Sqlite;

namespace Neptune.Storage;

/// <summary>Says what the system's and SQLite's errors mean to a person.</summary>
internal static class DiskError
{
    private const int NoSpaceUnix = 28;
    private const int QuotaUnix = 122;
    private const int ReadOnlyUnix = 30;
    private const int NoSpaceWindows = unchecked((int)0x80070070);

    private const int SqliteCorrupt = 11;
    private const int SqliteFull = 13;
    private const int SqliteCannotOpen = 14;
    private const int SqliteNotADatabase = 26;
    private const int SqliteReadOnly = 8;

    public static bool IsDiskError(Exception e) => e is IOException or UnauthorizedAccessException or SqliteException;

    public static bool IsCorrupt(SqliteException e) => e.SqliteErrorCode is SqliteCorrupt or SqliteNotADatabase;

    /// <summary>The error to throw for what went wrong at a path.</summary>
    public static StorageException At(string path, Exception e) =>
        new($"'{path}' cannot be used: {Reason(e)}. {Remedy(e)}", e);

    private static string Reason(Exception e) =>
        e switch
        {
            SqliteException { SqliteErrorCode: SqliteFull } => "no space is left on its disk",
            SqliteException { SqliteErrorCode: SqliteReadOnly or SqliteCannotOpen } =>
                "this user has no right to write there",
            IOException { HResult: NoSpaceUnix or QuotaUnix or NoSpaceWindows } => "no space is left on its disk",
            IOException { HResult: ReadOnlyUnix } => "its disk is read-only",
            UnauthorizedAccessException => "this user has no right to write there",
            _ => e.Message.TrimEnd('.'),
        };

    private static string Remedy(Exception e) =>
        e
            is SqliteException { SqliteErrorCode: SqliteFull }
                or IOException { HResult: NoSpaceUnix or QuotaUnix or NoSpaceWindows }
            ? "Free some space, or choose another folder by --data-dir."
            : "Correct this, or choose another folder by --data-dir.";
}
