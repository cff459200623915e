namespace Neptune.Storage.Tests;

[GrainType("neptune.tests.note")]
public sealed class NoteGrain([PersistentState("note")] IPersistentState<Note> note) : Grain, INoteGrain, IRemindable
{
    public async Task WriteAsync(string text)
    {
        note.State = new Note { Text = text };
        await note.WriteStateAsync();
        await this.RegisterOrUpdateReminder("later", TimeSpan.FromHours(1), TimeSpan.FromHours(1));
    }

    public Task<string> ReadAsync() => Task.FromResult(note.State.Text);

    public async Task<int> CountRemindersAsync() => (await this.GetReminders()).Count;

    public Task ReceiveReminder(string reminderName, TickStatus status) => Task.CompletedTask;
}
