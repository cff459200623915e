using Microsoft.Data.Sqlite;

namespace Neptune.Storage;

/// <summary>Commands in one line.</summary>
internal static class SqliteCommands
{
    /// <summary>A command; values go in by name only, never into its text.</summary>
#pragma warning disable CA2100 // All texts are constants of this project.
    public static SqliteCommand Statement(
        this SqliteConnection connection,
        string text,
        params ReadOnlySpan<(string Name, object Value)> parameters
    )
    {
        var command = connection.CreateCommand();
        command.CommandText = text;
        foreach (var (name, value) in parameters)
            command.Parameters.AddWithValue(name, value);
        return command;
    }
#pragma warning restore CA2100
}
