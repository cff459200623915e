using System.Text;

namespace Neptune.Formats.Tests;

/// <summary>The page that lists Caffe's layers.</summary>
public sealed class CaffeLayerTable
{
    [Fact]
    public Task Given_the_layers_that_are_known_when_listed_then_the_page_is_up_to_date() =>
        GeneratedPage.RequireAsync("caffe-layers.md", Text());

    private static string Text()
    {
        var text = new StringBuilder(
            """
            # Layers of Caffe

            This page is made by `CaffeLayerTable`, which fails where the page is out of date; `NEPTUNE_UPDATE_DOCS=1` writes it anew. *Imported*
            layers become operations of the graph, inputs or the loss; *trained* are the parameters that they have, by the layer's name
            (`conv1.weight`). Settings that are not listed, and types that are not, are refused; `engine` has no meaning here.

            | layer | imported | trained | settings, or why it is refused |
            | --- | --- | --- | --- |

            """
        );
        foreach (var layer in CaffeLayers.All)
        {
            var isKnown = layer.Import is not null || layer.IsData;
            text.Append($"| {layer.Type} | {(isKnown ? "yes" : "no")} | {layer.Trained} | {layer.Settings} |\n");
        }
        return text.ToString();
    }
}
