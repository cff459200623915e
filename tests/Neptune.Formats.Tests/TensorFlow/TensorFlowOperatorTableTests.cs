using System.Text;

namespace Neptune.Formats.Tests;

/// <summary>The page that lists the operators says what the importer knows.</summary>
public sealed class TensorFlowOperatorTableTests
{
    [Fact]
    public Task Given_the_page_of_operators_when_compared_then_it_is_up_to_date() =>
        GeneratedPage.RequireAsync("tensorflow-operators.md", Text());

    private static string Text()
    {
        var known = TensorFlowOperators.All.Where(o => o.Translate is not null).ToArray();
        var text = new StringBuilder(
            $"""
            # TensorFlow operators

            This page is made by `TensorFlowOperatorTableTests`, which fails where it is out of date; `NEPTUNE_UPDATE_DOCS=1` writes it
            anew. {known.Length} operators are imported. A model that needs another, or one in a form that is not known, is refused, with
            all such nodes listed. Whatever the outputs do not need (optimizers, savers, summaries) may hold any operator.

            Weights are parameters under their variable's name, or in frozen graphs their node's. *Trained* says which of them fine-tuning
            changes.

            | operator | imported | trained | settings or reason |
            | --- | --- | --- | --- |

            """
        );
        foreach (var row in TensorFlowOperators.All)
        {
            text.Append($"| {row.Name} | {(row.Translate is null ? "no" : "yes")} | {row.Trained} | {row.Remarks} |\n");
        }
        return text.ToString();
    }
}
