using System.Text;

namespace Neptune.Formats.Tests;

/// <summary>The page that lists the layers.</summary>
internal static class KerasLayerTable
{
    /// <summary>The page's text.</summary>
    public static string Text()
    {
        var text = new StringBuilder();
        text.Append(
            """
            # Keras layers

            This page is made by `KerasLayerTableTests`, which fails where it is out of date; `NEPTUNE_UPDATE_DOCS=1` writes it anew.
            *Trained* says whether training here does what Keras's does; where not, a note of the import says so, and the file's
            training settings are left out.

            | layer | imported | trained | settings that are refused, or the reason |
            | --- | --- | --- | --- |

            """
        );
        foreach (var layer in KerasLayers.All)
        {
            text.Append(
                $"| {layer.Name} | {(layer.Apply is null ? "no" : "yes")} | {layer.Trained} | {layer.Remarks} |\n"
            );
        }
        return text.ToString().ReplaceLineEndings("\n");
    }
}
