namespace Neptune.Storage.Tests;

/// <summary>Some grain's state.</summary>
[GenerateSerializer, Alias("neptune.tests.note")]
public sealed record Note
{
    [Id(0)]
    public string Text { get; set; } = "";
}
