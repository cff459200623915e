namespace Neptune.Storage.Tests;

public sealed class SqliteReminderTableTests : IDisposable
{
    private static readonly DateTime Start = new(2026, 1, 2, 3, 4, 5, 678, DateTimeKind.Utc);

    private readonly TemporaryFolder _folder = new();
    private readonly SqliteDatabase _database;
    private readonly SqliteReminderTable _table;

    public SqliteReminderTableTests()
    {
        _database = SqliteDatabase.Open(_folder.At("state.db"));
        _table = new SqliteReminderTable(_database);
    }

    public void Dispose()
    {
        _database.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Given_a_reminder_when_written_then_it_is_read_back_alike()
    {
        var entry = Entry("a", "tick");
        var etag = await _table.UpsertRow(entry);
        var read = await _table.ReadRow(entry.GrainId, "tick");
        Assert.NotNull(read);
        Assert.Equal(
            (entry.GrainId, "tick", Start, entry.Period, etag),
            (read.GrainId, read.ReminderName, read.StartAt, read.Period, read.ETag)
        );
        Assert.Equal(DateTimeKind.Utc, read.StartAt.Kind);
        Assert.Null(await _table.ReadRow(entry.GrainId, "other"));
    }

    [Fact]
    public async Task Given_a_reminder_when_written_again_then_there_is_one_with_a_new_etag()
    {
        var entry = Entry("a", "tick");
        var first = await _table.UpsertRow(entry);
        entry.Period = TimeSpan.FromHours(2);
        var second = await _table.UpsertRow(entry);
        Assert.NotEqual(first, second);
        var read = Assert.Single((await _table.ReadRows(entry.GrainId)).Reminders);
        Assert.Equal((TimeSpan.FromHours(2), second), (read.Period, read.ETag));
        Assert.False(await _table.RemoveRow(entry.GrainId, "tick", first!));
        Assert.True(await _table.RemoveRow(entry.GrainId, "tick", second!));
        Assert.False(await _table.RemoveRow(entry.GrainId, "tick", second!));
    }

    [Fact]
    public async Task Given_reminders_of_several_grains_when_one_grain_is_asked_for_then_only_its_own_come()
    {
        await _table.UpsertRow(Entry("a", "one"));
        await _table.UpsertRow(Entry("a", "two"));
        await _table.UpsertRow(Entry("b", "one"));
        Assert.Equal(2, (await _table.ReadRows(Entry("a", "").GrainId)).Reminders.Count);
        await _table.TestOnlyClearTable();
        Assert.Empty((await _table.ReadRows(Entry("a", "").GrainId)).Reminders);
    }

    [Fact]
    public async Task Given_any_cut_of_the_ring_when_read_by_parts_then_every_reminder_is_in_exactly_one()
    {
        for (var i = 0; i < 40; i++)
            await _table.UpsertRow(Entry($"{i}", "tick"));
        await Gen
            .UInt.Array[1, 6]
            .SampleAsync(
                async cuts =>
                {
                    uint[] places = [.. cuts.Distinct().Order()];
                    var seen = new List<string>();
                    for (var i = 0; i < places.Length; i++)
                    {
                        // The last part goes round; a single cut is the whole ring.
                        var rows = await _table.ReadRows(places[i], places[(i + 1) % places.Length]);
                        seen.AddRange(rows.Reminders.Select(r => r.GrainId.ToString()));
                    }
                    Assert.Equal(40, seen.Count);
                    Assert.Equal(40, seen.Distinct().Count());
                },
                iter: 30,
                threads: 1
            );
    }

    [Fact]
    public async Task Given_a_hash_at_a_cut_when_read_then_it_belongs_to_the_part_that_ends_there()
    {
        var entry = Entry("a", "tick");
        await _table.UpsertRow(entry);
        var hash = entry.GrainId.GetUniformHashCode();
        Assert.Single((await _table.ReadRows(hash - 1, hash)).Reminders);
        Assert.Empty((await _table.ReadRows(hash, hash + 1)).Reminders);
    }

    private static ReminderEntry Entry(string key, string name) =>
        new()
        {
            GrainId = GrainId.Create("note", key),
            ReminderName = name,
            StartAt = Start,
            Period = TimeSpan.FromMinutes(5),
        };
}
