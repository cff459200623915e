namespace Neptune.Formats.Tests;

public sealed class KerasLayerTableTests
{
    [Fact]
    public Task Given_the_layers_when_listed_then_the_page_is_up_to_date() =>
        GeneratedPage.RequireAsync("keras-layers.md", KerasLayerTable.Text());
}
