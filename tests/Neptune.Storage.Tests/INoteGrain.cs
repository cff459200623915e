namespace Neptune.Storage.Tests;

/// <summary>A grain that keeps a text and a reminder.</summary>
[Alias("neptune.tests.note-grain")]
public interface INoteGrain : IGrainWithStringKey
{
    [Alias("write")]
    Task WriteAsync(string text);

    [Alias("read")]
    Task<string> ReadAsync();

    [Alias("reminders")]
    Task<int> CountRemindersAsync();
}
