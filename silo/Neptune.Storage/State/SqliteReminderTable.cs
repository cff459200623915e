using Microsoft.Data.Sqlite;

namespace Neptune.Storage;

/// <summary>Reminders in a <see cref="SqliteDatabase"/>.</summary>
internal sealed class SqliteReminderTable(SqliteDatabase database) : IReminderTable
{
    private const string Select = "SELECT grain_id, name, start_at_ticks, period_ticks, etag FROM reminder ";

    public Task<ReminderTableData> ReadRows(GrainId grainId) =>
        ReadAsync(Select + "WHERE grain_id = $grain", ("$grain", grainId.ToString()));

    /// <summary>The reminders of the grains whose hash is in (begin, end]; the ring is round, and all of it where both are equal.</summary>
    public Task<ReminderTableData> ReadRows(uint begin, uint end) =>
        ReadAsync(
            Select
                + (
                    begin < end
                        ? "WHERE grain_hash > $begin AND grain_hash <= $end"
                        : "WHERE grain_hash > $begin OR grain_hash <= $end"
                ),
            ("$begin", (long)begin),
            ("$end", (long)end)
        );

    public async Task<ReminderEntry?> ReadRow(GrainId grainId, string reminderName)
    {
        var rows = await ReadAsync(
                Select + "WHERE grain_id = $grain AND name = $name",
                ("$grain", grainId.ToString()),
                ("$name", reminderName)
            )
            .ConfigureAwait(false);
        return rows.Reminders.SingleOrDefault();
    }

    public Task<string?> UpsertRow(ReminderEntry entry) =>
        database.RunAsync<string?>(connection =>
        {
            var etag = SqliteGrainStorage.NewETag();
            using var command = connection.Statement(
                """
                INSERT INTO reminder (grain_id, name, grain_hash, start_at_ticks, period_ticks, etag)
                VALUES ($grain, $name, $hash, $start, $period, $etag)
                ON CONFLICT (grain_id, name)
                DO UPDATE SET start_at_ticks = $start, period_ticks = $period, etag = $etag
                """,
                ("$grain", entry.GrainId.ToString()),
                ("$name", entry.ReminderName),
                ("$hash", (long)entry.GrainId.GetUniformHashCode()),
                ("$start", entry.StartAt.ToUniversalTime().Ticks),
                ("$period", entry.Period.Ticks),
                ("$etag", etag)
            );
            command.ExecuteNonQuery();
            return etag;
        });

    public Task<bool> RemoveRow(GrainId grainId, string reminderName, string eTag) =>
        database.RunAsync(connection =>
        {
            using var command = connection.Statement(
                "DELETE FROM reminder WHERE grain_id = $grain AND name = $name AND etag = $etag",
                ("$grain", grainId.ToString()),
                ("$name", reminderName),
                ("$etag", eTag)
            );
            return command.ExecuteNonQuery() == 1;
        });

    public Task TestOnlyClearTable() =>
        database.RunAsync(connection =>
        {
            using var command = connection.Statement("DELETE FROM reminder");
            return command.ExecuteNonQuery();
        });

    private Task<ReminderTableData> ReadAsync(string statement, params (string, object)[] parameters) =>
        database.RunAsync(connection =>
        {
            using var command = connection.Statement(statement, parameters);
            using var reader = command.ExecuteReader();
            var entries = new List<ReminderEntry>();
            while (reader.Read())
                entries.Add(Entry(reader));
            return new ReminderTableData(entries);
        });

    private static ReminderEntry Entry(SqliteDataReader row) =>
        new()
        {
            GrainId = GrainId.Parse(row.GetString(0)),
            ReminderName = row.GetString(1),
            StartAt = new DateTime(row.GetInt64(2), DateTimeKind.Utc),
            Period = new TimeSpan(row.GetInt64(3)),
            ETag = row.GetString(4),
        };
}
