namespace Neptune.Formats.Tests;

/// <summary>Pages of docs that tests make of the code's registries.</summary>
internal static class GeneratedPage
{
    /// <summary>Fails where a page is not what it should be; with NEPTUNE_UPDATE_DOCS set, writes it first.</summary>
    public static async Task RequireAsync(string name, string text)
    {
        var page = Path.Combine(RepositoryFolder.Find(), "docs", name);
        if (Environment.GetEnvironmentVariable("NEPTUNE_UPDATE_DOCS") is { Length: > 0 })
        {
            await File.WriteAllTextAsync(page, text, TestContext.Current.CancellationToken);
        }
        Assert.True(
            File.Exists(page) && await File.ReadAllTextAsync(page, TestContext.Current.CancellationToken) == text,
            $"{page} is out of date. Run this test with NEPTUNE_UPDATE_DOCS=1, which writes it anew."
        );
    }
}
