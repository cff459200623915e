namespace Neptune.Formats.Tests;

public sealed class KerasLayerTableTests
{
    private static string Page => Path.Combine(RepositoryFolder.Find(), "docs", "keras-layers.md");

    [Fact]
    public async Task Given_the_layers_when_listed_then_the_page_is_up_to_date()
    {
        var text = KerasLayerTable.Text();
        if (Environment.GetEnvironmentVariable("NEPTUNE_UPDATE_DOCS") is { Length: > 0 })
        {
            await File.WriteAllTextAsync(Page, text, TestContext.Current.CancellationToken);
        }
        Assert.True(
            File.Exists(Page) && await File.ReadAllTextAsync(Page, TestContext.Current.CancellationToken) == text,
            $"{Page} is out of date. Run this test with NEPTUNE_UPDATE_DOCS=1, which writes it anew."
        );
    }
}
