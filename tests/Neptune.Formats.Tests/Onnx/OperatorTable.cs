using System.Text;
using Neptune.ModelGraph;

namespace Neptune.Formats.Tests;

/// <summary>The page that lists the operators, with what came of the standard's tests.</summary>
internal static class OperatorTable
{
    /// <summary>The page's text.</summary>
    public static string Of(IReadOnlyCollection<BackendResult> results)
    {
        var text = new StringBuilder();
        text.Append(
            $"""
            # ONNX operators

            This page is made by `BackendTests`, which runs the {results.Count:N0} backend tests of ONNX 1.20 and fails where the page
            is out of date; `NEPTUNE_UPDATE_DOCS=1` writes it anew. Models of opset 7 and later are imported. A test is *unsupported*
            where the model is refused with a reason; none that is imported may give another result than the standard's.

            Of all tests {Count(results, BackendOutcome.Passed)} passed, {Count(
                results,
                BackendOutcome.Failed
            )} failed, and {Count(results, BackendOutcome.Unsupported)} are unsupported.

            A test of several operators counts for each of them.


            """
        );
        var tests = results
            .SelectMany(r => r.Operators.Split('+').Select(o => (Operator: o, r.Outcome)))
            .ToLookup(t => t.Operator, t => t.Outcome, StringComparer.Ordinal);
        text.Append($"## The {Known.Length} operators that are known\n\n");
        text.Append("| operator | attributes | passed | failed | unsupported |\n| --- | --- | --- | --- | --- |\n");
        foreach (var type in Known)
        {
            text.Append(
                $"| {type} | {string.Join(", ", OperationRegistry.AttributesOf(type))} | {Cells(tests[type])} |\n"
            );
        }
        text.Append("\n## Operators that are refused\n\n| operator | tests |\n| --- | --- |\n");
        foreach (
            var type in tests.Select(t => t.Key).Where(t => !OperationRegistry.IsOnnx(t)).Order(StringComparer.Ordinal)
        )
        {
            text.Append($"| {type} | {tests[type].Count()} |\n");
        }
        return text.ToString();
    }

    // Those of Neptune's own are no operators of ONNX.
    private static string[] Known => [.. OperationRegistry.Types.Where(OperationRegistry.IsOnnx)];

    private static int Count(IEnumerable<BackendResult> results, BackendOutcome outcome) =>
        results.Count(r => r.Outcome == outcome);

    private static string Cells(IEnumerable<BackendOutcome> outcomes)
    {
        var all = outcomes.ToArray();
        return string.Join(" | ", Enum.GetValues<BackendOutcome>().Select(o => all.Count(other => other == o)));
    }
}
