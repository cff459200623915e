using Microsoft.Data.Sqlite;

namespace Neptune.Storage.Tests;

public sealed class SqliteDatabaseTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Given_an_open_database_when_asked_then_writes_are_logged_ahead_and_synced()
    {
        using var database = SqliteDatabase.Open(_folder.At("state.db"));
        Assert.Equal("wal", await AskAsync(database, "PRAGMA journal_mode"));
        Assert.Equal(2L, await AskAsync(database, "PRAGMA synchronous"));
    }

    [Theory]
    [InlineData("text")]
    [InlineData("header")]
    [InlineData("middle")]
    [InlineData("cut")]
    public async Task Given_a_damaged_file_when_opened_then_it_is_named_and_left_as_it_is(string damage)
    {
        var path = _folder.At("state.db");
        using (var database = SqliteDatabase.Open(path))
        {
            var states = new States(database);
            for (var i = 0; i < 50; i++)
                await states.WriteAsync($"{i}", new Note { Text = new string('x', 1000) });
        }
        var bytes = File.ReadAllBytes(path);
        bytes = damage switch
        {
            "text" =>
                "This is a text, long enough to be taken for a database's header by mistake. It is not one, though."u8.ToArray(),
            "header" => [.. new byte[100], .. bytes[100..]],
            "middle" => [.. bytes[..8192], .. Enumerable.Repeat((byte)0xA5, 16384), .. bytes[24576..]],
            _ => bytes[..(bytes.Length / 2)],
        };
        File.WriteAllBytes(path, bytes);
        Directory.CreateDirectory(_folder.At("artifacts"));
        File.WriteAllText(_folder.At("artifacts", "kept"), "kept");

        var error = Assert.Throws<StorageException>(() => SqliteDatabase.Open(path));
        Assert.Contains($"'{path}'", error.Message, StringComparison.Ordinal);
        Assert.Contains("is damaged", error.Message, StringComparison.Ordinal);
        Assert.Contains("artifacts beside it are untouched", error.Message, StringComparison.Ordinal);
        Assert.Contains("move it away", error.Message, StringComparison.Ordinal);
        Assert.Equal(bytes, File.ReadAllBytes(path));
        Assert.Throws<StorageException>(() => DataFolder.Open(_folder.Path));
        Assert.Equal("kept", File.ReadAllText(_folder.At("artifacts", "kept")));

        File.Move(path, path + ".damaged");
        using var fresh = DataFolder.Open(_folder.Path);
    }

    [Fact]
    public void Given_a_file_of_a_newer_version_when_opened_then_the_versions_are_named()
    {
        var path = _folder.At("state.db");
        SqliteDatabase.Open(path).Dispose();
        Execute(path, "UPDATE neptune_schema SET version = 9");
        var error = Assert.Throws<StorageException>(() => SqliteDatabase.Open(path));
        Assert.Contains("has version 9, this one knows 2", error.Message, StringComparison.Ordinal);
        Assert.Contains("Update Neptune", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Given_a_database_of_another_program_when_opened_then_it_is_left_alone()
    {
        var path = _folder.At("state.db");
        Execute(path, "CREATE TABLE songs (name TEXT)");
        var before = File.ReadAllBytes(path);
        var error = Assert.Throws<StorageException>(() => SqliteDatabase.Open(path));
        Assert.Contains("of another program: it has the table songs", error.Message, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(path));
    }

    [Fact]
    public void Given_a_folder_in_place_of_the_file_when_opened_then_it_is_named()
    {
        Directory.CreateDirectory(_folder.At("state.db"));
        var error = Assert.Throws<StorageException>(() => SqliteDatabase.Open(_folder.At("state.db")));
        Assert.Contains(_folder.At("state.db"), error.Message, StringComparison.Ordinal);
    }

    private static Task<object?> AskAsync(SqliteDatabase database, string question) =>
        database.RunAsync(connection =>
        {
            using var command = connection.Statement(question);
            return command.ExecuteScalar();
        });

    private static void Execute(string path, string statement)
    {
        using var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        connection.Open();
        using var command = connection.Statement(statement);
        command.ExecuteNonQuery();
    }
}
