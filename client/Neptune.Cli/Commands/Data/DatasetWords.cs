using Neptune.Contracts;

namespace Neptune.Cli.Commands;

/// <summary>A data set in words, and as JSON.</summary>
internal static class DatasetWords
{
    public static string Splits(DatasetInfo info) =>
        string.Join(", ", info.Splits.OrderBy(s => s.Key, StringComparer.Ordinal).Select(s => $"{s.Key} {s.Value:N0}"));

    public static void Show(Session session, DatasetInfo info)
    {
        var output = session.Output;
        output.Line($"Data set    {info.Name}@{info.Version}");
        output.Line($"Samples     {Splits(info)}");
        output.Line($"Shape       {string.Join(" x ", info.FeatureShape)}, raw values times {info.Scale:R}");
        output.Line(
            $"Classes     {(info.Labels.IsEmpty ? "none: targets are values" : string.Join(", ", info.Labels))}"
        );
        output.Line($"SHA-256     {info.Sha256}");
        if (info.Provenance.Length > 0)
        {
            output.Line($"Provenance  {info.Provenance}");
        }
        foreach (var skipped in info.Skipped)
        {
            output.Line($"Left out    {skipped}");
        }
        output.Event(ToJson(info, "done"));
    }

    public static object ToJson(DatasetInfo info, string name) =>
        new
        {
            @event = name,
            data = info.Name.Value,
            version = info.Version,
            sha256 = info.Sha256,
            splits = info.Splits.OrderBy(s => s.Key, StringComparer.Ordinal).ToDictionary(s => s.Key, s => s.Value),
            featureShape = info.FeatureShape,
            scale = info.Scale,
            labels = info.Labels,
            provenance = info.Provenance,
            skipped = info.Skipped,
        };
}
